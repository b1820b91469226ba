import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { publishedPackages } from '../scripts/make-packages';

const ROOT = resolve(__dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const readJson = (path: string) => JSON.parse(read(path));

const PACKAGES = ['plugins', 'packages'].flatMap(folder =>
  readdirSync(join(ROOT, folder)).map(name => `${folder}/${name}`),
);
const PUBLISHED = publishedPackages();

/** What `backstage-cli package build` writes for each role. */
const BUILT: Record<string, string[]> = {
  'common-library': ['dist/index.cjs.js', 'dist/index.d.ts'],
  'node-library': ['dist/index.cjs.js', 'dist/index.d.ts'],
  'frontend-plugin': ['dist/index.esm.js', 'dist/index.d.ts'],
  'backend-plugin': ['dist/index.cjs.js', 'dist/index.d.ts'],
  'backend-plugin-module': ['dist/index.cjs.js', 'dist/index.d.ts'],
  cli: ['dist/index.cjs.js'],
};
/** Copied into the package by its `prepack`. */
const BY_PREPACK = ['skeleton'];

describe.each(PUBLISHED)('%s, which is published', folder => {
  const manifest = readJson(`${folder}/package.json`);
  const { homepage, bugs, repository } = readJson('package.json');

  it('has description, repository and supported versions', () => {
    expect(manifest).toMatchObject({
      name: expect.stringMatching(/^@goldenpath\//),
      description: expect.stringMatching(/\w+ \w+/),
      license: 'Apache-2.0',
      homepage: homepage.replace('#', `/tree/main/${folder}#`),
      bugs,
      repository: { ...repository, directory: folder },
      engines: readJson('package.json').engines,
    });
    expect(manifest.keywords).toEqual(
      expect.arrayContaining(['backstage', 'postgresql', 'rds']),
    );
  });

  it('has entry points that match its build', () => {
    const { publishConfig, backstage } = manifest;
    const { access, ...entries } = publishConfig;
    expect(access).toBe('public');
    expect(Object.values(entries).sort()).toEqual(
      [...BUILT[backstage.role]].sort(),
    );
    const sources = [manifest.main, manifest.types].filter(
      source => source !== undefined,
    );
    expect(sources).toHaveLength(BUILT[backstage.role].length);
    for (const source of sources)
      expect(existsSync(join(ROOT, folder, source))).toBe(true);
  });

  it('lists only files that exist once it is built and packed', () => {
    const { files, bin = {}, configSchema } = manifest;
    expect(files).toEqual(expect.arrayContaining(['dist', 'CHANGELOG.md']));
    const missing = [...files, ...Object.values<string>(bin), configSchema]
      .filter(file => file !== undefined && file !== 'dist')
      .filter(file => !BY_PREPACK.includes(file))
      .filter(file => !existsSync(join(ROOT, folder, file)));
    expect(missing).toEqual([]);
  });

  it('has the version of all packages', () => {
    expect(manifest.version).toBe(readJson('package.json').version);
    expect(read(`${folder}/CHANGELOG.md`)).toContain(
      `\n## ${manifest.version}\n`,
    );
  });
});

/** The exports of a package: those of its API report, else those of its index files and what they re-export. */
const exportingText = (folder: string): string => {
  const report = `${folder}/report.api.md`;
  if (existsSync(join(ROOT, report))) return read(report);
  const follow = (path: string): string => {
    const file = [`${path}.ts`, `${path}/index.ts`].find(candidate =>
      existsSync(join(ROOT, candidate)),
    );
    if (!file) return '';
    const text = read(file);
    const whole = [...text.matchAll(/^export \* from '([^']+)'/gm)];
    return [
      ...text.matchAll(/^export [^;]*/gm),
      ...whole.map(match => [follow(join(file, '..', match[1]))]),
    ].join('\n');
  };
  return follow(`${folder}/src/index`);
};

describe.each(PACKAGES)('the README of %s', folder => {
  const readme = () => read(`${folder}/README.md`);

  it('has the name of the package as its title', () => {
    expect(readme().split('\n')[0]).toBe(
      `# ${readJson(`${folder}/package.json`).name}`,
    );
  });

  it('is at most a page and has no broken link', () => {
    expect(readme().split('\n').length).toBeLessThan(90);
    const links = [...readme().matchAll(/\]\((?!https?:)([^)#]+)/g)].map(
      match => match[1],
    );
    expect(links).not.toEqual([]);
    expect(
      links.filter(link => !existsSync(resolve(ROOT, folder, link))),
    ).toEqual([]);
  });

  it('names existing exports', () => {
    const table = readme().split('\n## Exports\n')[1]?.split('\n## ')[0];
    const named = [...(table ?? '').matchAll(/^\|(.*?)\|/gm)].flatMap(row =>
      [...row[1].matchAll(/`(\w+)`/g)].map(match => match[1]),
    );
    const exported = exportingText(folder);
    expect(
      named.filter(name => !new RegExp(`\\b${name}\\b`).test(exported)),
    ).toEqual([]);
    expect(table).toBeDefined();
  });
});
