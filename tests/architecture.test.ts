import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import ts from 'typescript';
import {
  ACTIONS,
  COMMON,
  DOMAINS,
  MAY_IMPORT,
  NODE,
  OURS,
  ROOMS,
} from './support/rooms';
import { sourceFiles } from './support/sourceFiles';

const ROOT = resolve(__dirname, '..');

interface Import {
  from: string;
  /** A path from the root without extension for files of this project, else the module's name. */
  to: string;
  /** Run-time imports, without types. */
  values: string[];
}

const sourcesUnder = (folder: string) => sourceFiles(ROOT, folder);

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

describe('imports point one way', () => {
  it('common imports only zod and @noble/hashes', () => {
    const isAllowed = (to: string) =>
      to === 'zod' ||
      to.startsWith('@noble/hashes/') ||
      to.startsWith(`${COMMON}/`);
    expect(
      show(importsUnder(COMMON).filter(({ to }) => !isAllowed(to))),
    ).toEqual([]);
  });

  it('common uses no clock, no random values and no environment variables', () => {
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

  it.each(Object.entries(MAY_IMPORT))(
    '%s imports of ours only %j',
    (folder, may) => {
      const allowed = may.map(below => OURS[below]);
      expect(
        show(
          importsUnder(folder).filter(
            ({ to }) => to.startsWith('@goldenpath/') && !allowed.includes(to),
          ),
        ),
      ).toEqual([]);
    },
  );

  it('every package is in the table', () => {
    const packages = ['plugins', 'packages'].flatMap(folder =>
      readdirSync(join(ROOT, folder)).map(name => `${folder}/${name}/src`),
    );
    expect(Object.keys(MAY_IMPORT).sort()).toEqual(packages.sort());
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

/** A file with more has more than one job. */
const LONGEST = 350;

it('no file is long', () => {
  const files = [...Object.keys(MAY_IMPORT), 'platform']
    .flatMap(sourcesUnder)
    .filter(file => !file.includes('/generated/'));
  expect(files.length).toBeGreaterThan(300);
  const lines = (file: string) =>
    readFileSync(join(ROOT, file), 'utf8').trimEnd().split('\n').length;
  expect(files.filter(file => lines(file) > LONGEST)).toEqual([]);
});

/** The parts of a room: ports, pure decisions, actions. */
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

  it('every file is in a room, and in a domain it either decides or acts', () => {
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

  it.each(DOMAINS)('in %s decide/ never imports act/', room => {
    expect(
      show(
        importsUnder(`${NODE}/${room}/decide`).filter(({ to }) =>
          /\/(act|adapters)\//.test(to),
        ),
      ),
    ).toEqual([]);
  });

  it.each(DOMAINS)('in %s decide/ uses no clock, network or file', room => {
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
