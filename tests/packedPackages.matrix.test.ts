import { execFileSync, spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { publishedPackages } from '../scripts/make-packages';
import { builtPackages } from './support/builtPackages';
import { filesUnder, SKELETONS } from './support/skeleton';

const ROOT = resolve(__dirname, '..');

const archiveOf = async (folder: string) => {
  const { name, version } = require(join(ROOT, folder, 'package.json'));
  return join(
    await builtPackages(),
    `${name.slice(1).replace('/', '-')}-${version}.tgz`,
  );
};
const filesOf = (archive: string) =>
  execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(path => path.replace('package/', ''));
const fileOf = (archive: string, path: string) =>
  execFileSync('tar', ['-xzOf', archive, `package/${path}`], {
    encoding: 'utf8',
  });

/** The kinds of messages of publint, the suggestions included. It is published as ES modules only, so it runs in its own process. */
const publint = (archive: string): string[] => {
  const program = `
    import { readFileSync } from 'node:fs';
    import { publint } from 'publint';
    const file = readFileSync(${JSON.stringify(archive)});
    const { messages } = await publint({ strict: true, pack: { tarball: file.buffer.slice(file.byteOffset, file.byteOffset + file.length) } });
    console.log(JSON.stringify([...new Set(messages.map(({ code }) => code))]));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: ROOT,
      encoding: 'utf8',
    }),
  );
};

/** The problems that "are the types wrong" finds for Node's and bundlers' resolution. */
const attw = (archive: string): string[] => {
  const { stdout } = spawnSync(
    process.execPath,
    [
      join(ROOT, 'node_modules/@arethetypeswrong/cli/dist/index.js'),
      archive,
      '--format=json',
    ],
    { encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 },
  );
  const { analysis } = JSON.parse(stdout);
  return [
    ...new Set<string>(
      (analysis.problems ?? []).map((one: { kind: string }) => one.kind),
    ),
  ];
};

/**
 * Backstage imports features as `export default`, compiled to CommonJS, and unwraps them itself: every module on npm has
 * this, and a backend can't add one without it.
 */
const DEFAULT_EXPORT = {
  publint: ['CJS_WITH_ESMODULE_DEFAULT_EXPORT'],
  attw: ['CJSOnlyExportsDefault'],
};
/**
 * backstage-cli compiles frontend plugins to ES modules named `.esm.js`, without `type` or `exports`, for bundlers: Backstage's own on
 * npm are like that.
 */
const FOR_BUNDLERS = {
  publint: [
    'USE_TYPE',
    'HAS_MODULE_BUT_NO_EXPORTS',
    'FILE_INVALID_FORMAT',
    'HAS_ESM_MAIN_BUT_NO_EXPORTS',
  ],
  attw: ['UnexpectedModuleSyntax'],
};
const NONE: { publint: string[]; attw: string[] } = { publint: [], attw: [] };
const KNOWN: Record<string, typeof NONE | undefined> = {
  'backend-plugin': DEFAULT_EXPORT,
  'backend-plugin-module': DEFAULT_EXPORT,
  'frontend-plugin': FOR_BUNDLERS,
};

describe.each(publishedPackages())('the package of %s', folder => {
  const { backstage, name, version } = require(join(
    ROOT,
    folder,
    'package.json',
  ));

  it('has no problem that publint or attw find', async () => {
    const archive = await archiveOf(folder);
    expect({ publint: publint(archive), attw: attw(archive) }).toEqual(
      KNOWN[backstage.role] ?? NONE,
    );
  });

  it('contains README, changelog, licence and every file that its manifest names', async () => {
    const archive = await archiveOf(folder);
    const files = filesOf(archive);
    const {
      main,
      types,
      bin,
      configSchema,
      files: listed,
    } = JSON.parse(fileOf(archive, 'package.json'));
    const named = [
      'README.md',
      'CHANGELOG.md',
      'LICENSE',
      ...[main, types, configSchema, ...Object.values<string>(bin ?? {})],
    ]
      .filter(path => path !== undefined)
      .map(path => path.replace('./', ''));
    expect(named.filter(path => !files.includes(path))).toEqual([]);
    const empty = (path: string) =>
      !files.some(file => file === path || file.startsWith(`${path}/`));
    expect(listed.filter(empty)).toEqual([]);
    expect(files.filter(path => /\.test\.|^src\//.test(path))).toEqual([]);
    expect(fileOf(archive, 'CHANGELOG.md')).toContain(`# ${name}`);
    expect(fileOf(archive, 'CHANGELOG.md')).toContain(`\n## ${version}\n`);
  });
});

describe('the package of the scaffolder module', () => {
  const folder = 'plugins/scaffolder-backend-module-golden-path';

  it('has every file of every skeleton, and of what they share', async () => {
    const files = filesOf(await archiveOf(folder));
    const shipped = filesUnder(SKELETONS)
      .filter(path => /^[a-z-]+\//.test(path))
      // npm packs no .gitignore.
      .map(path => path.replace(/\.gitignore$/, "${{ '.gitignore' }}"));
    expect(files.filter(path => path.startsWith('skeleton/')).sort()).toEqual(
      shipped.map(path => `skeleton/${path}`).sort(),
    );
  });

  it('has the schema of its configuration under the name that the docs use', async () => {
    const archive = await archiveOf(folder);
    const { properties } = JSON.parse(fileOf(archive, 'config.schema.json'));
    expect(properties.goldenPath.properties.infraRepo.required).toEqual([
      'repoUrl',
    ]);
    expect(fileOf(archive, 'README.md')).toContain('config.schema.json');
  });
});
