import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(__dirname, '..');

interface Import {
  from: string;
  /** A path from the root without extension for files of this project, else the module's name. */
  to: string;
  /** What is imported to be used at run time; types are left out. */
  values: string[];
}

const sourcesUnder = (folder: string): string[] =>
  !existsSync(join(ROOT, folder))
    ? []
    : readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
        .filter(
          entry =>
            entry.isFile() &&
            /\.tsx?$/.test(entry.name) &&
            !/\.(test|d)\.tsx?$/.test(entry.name),
        )
        .map(entry =>
          relative(ROOT, join(entry.parentPath ?? entry.path, entry.name))
            .split('\\')
            .join('/'),
        )
        .filter(file => !/node_modules\/|\/testing\//.test(file));

const importsOf = (file: string): Import[] => {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(ROOT, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: Import[] = [];
  const add = (specifier: string, values: string[]) => {
    const to = specifier.startsWith('.')
      ? posix.join(dirname(file), specifier)
      : specifier;
    found.push({ from: file, to, values });
  };
  const visit = (node: ts.Node) => {
    if (ts.isImportDeclaration(node)) {
      const clause = node.importClause;
      const names =
        clause?.namedBindings && ts.isNamedImports(clause.namedBindings)
          ? clause.namedBindings.elements
          : [];
      const values = clause?.isTypeOnly
        ? []
        : names
            .filter(name => !name.isTypeOnly)
            .map(name => (name.propertyName ?? name.name).text);
      add((node.moduleSpecifier as ts.StringLiteral).text, values);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
      add((node.moduleSpecifier as ts.StringLiteral).text, []);
    } else if (
      ts.isCallExpression(node) &&
      node.arguments.length === 1 &&
      ts.isStringLiteral(node.arguments[0])
    ) {
      const isRequire =
        ts.isIdentifier(node.expression) && node.expression.text === 'require';
      if (isRequire || node.expression.kind === ts.SyntaxKind.ImportKeyword)
        add(node.arguments[0].text, []);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
};

const importsUnder = (folder: string) =>
  sourcesUnder(folder).flatMap(importsOf);
const show = (imports: Import[]) =>
  imports.map(({ from, to }) => `${from} imports ${to}`);

const COMMON = 'plugins/golden-path-common/src';
const NODE = 'plugins/golden-path-node/src';
const ACTIONS = 'plugins/scaffolder-backend-module-golden-path/src';
const OURS: Record<string, string> = {
  [COMMON]: '@goldenpath/plugin-golden-path-common',
  [NODE]: '@goldenpath/plugin-golden-path-node',
  [ACTIONS]: '@goldenpath/plugin-scaffolder-backend-module-golden-path',
  'packages/cli/src': '@goldenpath/cli',
  'packages/local-github/src': '@goldenpath/local-github',
  'packages/local-postgres/src': '@goldenpath/local-postgres',
  'packages/local-secrets-manager/src': '@goldenpath/local-secrets-manager',
  'packages/local-platform/src': '@goldenpath/local-platform',
};
/** Servers for one machine, which know nothing of the platform that they are put together to. */
const LOCAL_SERVERS = Object.keys(OURS).filter(
  folder =>
    folder.startsWith('packages/local-') &&
    folder !== 'packages/local-platform/src',
);

describe('imports point one way', () => {
  it('common imports zod and nothing else', () => {
    expect(
      show(
        importsUnder(COMMON).filter(
          ({ to }) => to !== 'zod' && !to.startsWith(`${COMMON}/`),
        ),
      ),
    ).toEqual([]);
  });

  it('common knows no clock, no chance and no environment', () => {
    const impure = /\bDate\b|Math\.random|\bprocess\b|\bcrypto\b/;
    const code = (file: string) =>
      readFileSync(join(ROOT, file), 'utf8').replace(
        /\/\*[\s\S]*?\*\/|\/\/.*/g,
        '',
      );
    expect(
      sourcesUnder(COMMON).filter(file => impure.test(code(file))),
    ).toEqual([]);
  });

  it.each([
    { folder: COMMON, may: [] },
    { folder: NODE, may: [COMMON] },
    { folder: ACTIONS, may: [COMMON, NODE] },
    { folder: 'packages/cli/src', may: [COMMON, NODE] },
    ...LOCAL_SERVERS.map(folder => ({ folder, may: [] })),
    {
      folder: 'packages/local-platform/src',
      may: [COMMON, NODE, ...LOCAL_SERVERS],
    },
  ])('$folder imports of ours only what stands below it', ({ folder, may }) => {
    const allowed = may.map(below => OURS[below]);
    expect(
      show(
        importsUnder(folder).filter(
          ({ to }) => to.startsWith('@goldenpath/') && !allowed.includes(to),
        ),
      ),
    ).toEqual([]);
  });

  it('every package but app and backend has a row above', () => {
    const packages = ['plugins', 'packages'].flatMap(folder =>
      readdirSync(join(ROOT, folder)).map(name => `${folder}/${name}/src`),
    );
    expect(
      packages.filter(
        folder =>
          !OURS[folder] && !/^packages\/(app|backend)\/src$/.test(folder),
      ),
    ).toEqual([]);
  });

  it('a local server is imported by tests and the local platform alone', () => {
    const servers = LOCAL_SERVERS.map(folder => OURS[folder]);
    const others = [...Object.keys(OURS), 'packages/backend', 'packages/app']
      .filter(
        folder =>
          !LOCAL_SERVERS.includes(folder) &&
          folder !== 'packages/local-platform/src',
      )
      .flatMap(importsUnder);
    expect(
      show(
        others.filter(({ to }) =>
          servers.some(
            server =>
              to === server ||
              to.startsWith(`${server}/`) ||
              to.startsWith(OURS['packages/local-platform/src']),
          ),
        ),
      ),
    ).toEqual([]);
  });

  it.each(Object.keys(OURS))(
    '%s leaves its folder only through packages',
    folder => {
      const outside = importsUnder(folder).filter(
        ({ to }) =>
          /^(plugins|packages|tests|platform|skeleton)\//.test(to) &&
          !to.startsWith(`${dirname(folder)}/`),
      );
      expect(show(outside)).toEqual([]);
    },
  );
});

/** The rooms of node, and what each may import besides itself and the contract. Whatever is not in this table fails. */
const ROOMS: Record<string, string[]> = {
  errors: [],
  libraries: [],
  infraRepo: ['errors', 'libraries'],
  audit: ['errors', 'infraRepo'],
  provision: ['errors', 'infraRepo', 'audit'],
  guard: ['errors', 'infraRepo'],
  pullRequest: ['errors', 'infraRepo'],
  workflow: ['errors'],
  adapters: [
    'errors',
    'libraries',
    'infraRepo/decide',
    'audit/decide',
    'provision/decide',
    'provision/ports',
  ],
};
const DOMAINS = Object.keys(ROOMS).filter(
  room => !['errors', 'libraries', 'adapters'].includes(room),
);

/** What a room is made of: data types of its ports, pure decisions, actions. */
const DOMAIN_LAYOUT = /^(ports\.ts|decide\/.+|act\/.+)$/;
const isUnder = (path: string, place: string) =>
  path === place || path.startsWith(`${place}/`);
const inNode = (path: string) =>
  path.startsWith(`${NODE}/`) ? path.slice(NODE.length + 1) : undefined;

describe('inside node', () => {
  it.each(Object.entries(ROOMS))(
    '%s imports of its neighbours only %j',
    (room, may) => {
      const strays = importsUnder(`${NODE}/${room}`).filter(({ to }) => {
        const target = inNode(to);
        return (
          target !== undefined &&
          ![room, ...may].some(place => isUnder(target, place))
        );
      });
      expect(show(strays)).toEqual([]);
    },
  );

  it('every file stands in a room, and in a domain either decides or acts', () => {
    const strays = sourcesUnder(NODE)
      .map(file => file.slice(NODE.length + 1))
      .filter(file => {
        const [room, ...rest] = file.split('/');
        if (file === 'index.ts') return false;
        if (DOMAINS.includes(room)) return !DOMAIN_LAYOUT.test(rest.join('/'));
        return !(room in ROOMS);
      });
    expect(strays).toEqual([]);
  });

  it.each(DOMAINS)('in %s deciding never imports acting', room => {
    expect(
      show(
        importsUnder(`${NODE}/${room}/decide`).filter(({ to }) =>
          /\/(act|adapters)\//.test(to),
        ),
      ),
    ).toEqual([]);
  });

  it.each(DOMAINS)('in %s deciding never touches the world', room => {
    const world =
      /^(node:)?(fs|net|tls|http|https|child_process|dns)(\/|$)|^pg$|^@aws-sdk|^@octokit/;
    const reads = importsUnder(`${NODE}/${room}/decide`).filter(
      ({ to, values }) => world.test(to) && values.length > 0,
    );
    expect(show(reads)).toEqual([]);
  });

  it('adapters never import each other', () => {
    const strays = importsUnder(`${NODE}/adapters`).filter(({ from, to }) => {
      const own = from.split('/adapters/')[1].split('/')[0];
      return (
        to.includes('/adapters/') &&
        to.split('/adapters/')[1].split('/')[0] !== own
      );
    });
    expect(show(strays)).toEqual([]);
  });
});

describe('composition', () => {
  const builders = () =>
    sourcesUnder(`${NODE}/adapters`).flatMap(file =>
      [
        ...readFileSync(join(ROOT, file), 'utf8').matchAll(
          /^export (?:async )?(?:const|function|class) (\w+)/gm,
        ),
      ].map(match => match[1]),
    );

  it.each([
    { folder: ACTIONS, root: `${ACTIONS}/module.ts` },
    { folder: 'packages/cli/src', root: 'packages/cli/src/index.ts' },
  ])('$root alone builds adapters', ({ folder, root }) => {
    const names = new Set(builders());
    expect(names.size).toBeGreaterThan(0);
    const strays = importsUnder(folder).filter(
      ({ from, to, values }) =>
        from !== root &&
        to === OURS[NODE] &&
        values.some(value => names.has(value)),
    );
    expect(show(strays)).toEqual([]);
  });

  it('actions never import each other', () => {
    const actions = sourcesUnder(`${ACTIONS}/actions`).filter(
      file => !file.endsWith('.examples.ts'),
    );
    const isAction = (to: string) =>
      actions.some(
        file => file.replace(/\.ts$/, '') === to && !file.endsWith('/index.ts'),
      );
    expect(
      show(
        actions
          .filter(file => !file.endsWith('/index.ts'))
          .flatMap(importsOf)
          .filter(({ to }) => isAction(to)),
      ),
    ).toEqual([]);
  });
});

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
  /** Everything, as `import * as` and `export *` take it. */
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
      // A type may name what a function of the same file takes or gives.
      const isValue =
        ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
      return isValue && statement.name ? [statement.name.getText()] : [];
    });

  /** What a file takes from which other file, by its path without extension. */
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

  it("are each taken by another file, or are the package's own", () => {
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
