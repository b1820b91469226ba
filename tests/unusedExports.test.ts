import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(__dirname, '..');

describe('values that a file exports', () => {
  const everySource = () =>
    ['plugins', 'packages', 'platform', 'templates', 'tests', 'skeleton']
      .flatMap(folder =>
        readdirSync(join(ROOT, folder), {
          recursive: true,
          withFileTypes: true,
        }).map(entry =>
          relative(ROOT, join(entry.parentPath ?? entry.path, entry.name)),
        ),
      )
      .filter(
        file =>
          /\.(tsx?|[cm]?js)$|\/bin[^/]*\/[^/.]+$/.test(file) &&
          !/(^|\/)(node_modules|dist|dist-types|coverage)\//.test(file) &&
          !file.endsWith('.d.ts'),
      );

  const parseSource = (file: string) =>
    ts.createSourceFile(
      file,
      readFileSync(join(ROOT, file), 'utf8'),
      ts.ScriptTarget.Latest,
      true,
    );
  /** All exports, for `import * as` and `export *`. */
  const ALL = '*';

  /** The values that a file exports. */
  const exportedNames = (source: ts.SourceFile): string[] =>
    source.statements.flatMap(statement => {
      const isExported =
        ts.canHaveModifiers(statement) &&
        ts
          .getModifiers(statement)
          ?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
      if (!isExported) return [];
      if (ts.isVariableStatement(statement))
        return statement.declarationList.declarations.map(({ name }) =>
          name.getText(),
        );
      // Types are skipped: one may describe a parameter or a result of the same file.
      const isValue =
        ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
      return isValue && statement.name ? [statement.name.getText()] : [];
    });

  /** The imports of a file: names by the path of the other file, without extension. */
  const takenNames = (
    source: ts.SourceFile,
  ): Array<{ from: string; name: string }> => {
    const taken: Array<{ from: string; name: string }> = [];
    const take = (specifier: ts.Node | undefined, names: string[]) => {
      if (!specifier || !ts.isStringLiteral(specifier)) return;
      if (!specifier.text.startsWith('.')) return;
      const from = posix.join(dirname(source.fileName), specifier.text);
      for (const name of names) taken.push({ from, name });
    };
    const visit = (node: ts.Node) => {
      if (ts.isImportDeclaration(node)) {
        const bindings = node.importClause?.namedBindings;
        take(
          node.moduleSpecifier,
          bindings && ts.isNamedImports(bindings)
            ? bindings.elements.map(e => (e.propertyName ?? e.name).text)
            : [ALL],
        );
      } else if (ts.isExportDeclaration(node)) {
        const { exportClause: clause } = node;
        take(
          node.moduleSpecifier,
          clause && ts.isNamedExports(clause)
            ? clause.elements.map(e => (e.propertyName ?? e.name).text)
            : [ALL],
        );
      } else if (ts.isImportTypeNode(node)) {
        if (ts.isLiteralTypeNode(node.argument))
          take(node.argument.literal, [ALL]);
      } else if (ts.isCallExpression(node)) {
        take(node.arguments[0], [ALL]);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return taken;
  };

  it("are each imported by another file, or part of the package's API", () => {
    const sources = everySource().map(parseSource);
    const taken = new Set(
      sources
        .flatMap(takenNames)
        .map(({ from, name }) => `${from.replace(/\/index$/, '')} ${name}`),
    );
    const unused = sources
      .filter(
        ({ fileName }) =>
          /^(plugins|packages)\/[^/]+\/src\//.test(fileName) &&
          !/\/src\/index\.tsx?$/.test(fileName),
      )
      .flatMap(source => {
        const path = source.fileName.replace(/(\/index)?\.tsx?$/, '');
        return taken.has(`${path} ${ALL}`)
          ? []
          : exportedNames(source)
              .filter(name => !taken.has(`${path} ${name}`))
              .map(name => `${source.fileName} exports ${name}`);
      });
    expect(unused).toEqual([]);
  });
});
