import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { satisfies } from 'semver';

const ROOT = resolve(__dirname, '..');
const readJson = (path: string) =>
  JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
const lock: Record<string, { version: string }> =
  readJson('package-lock.json').packages;

/** The packages that a platform team installs into its Backstage. */
const PUBLISHED = [
  'plugins/golden-path-common',
  'plugins/golden-path-node',
  'plugins/scaffolder-backend-module-golden-path',
  'packages/cli',
];

/** The versions of the oldest release that the published packages accept, and of the newest; the workspace has the newest. */
const RELEASES: Record<string, { '1.55': string; '1.57': string }> = {
  '@backstage/backend-plugin-api': { '1.55': '1.10.1', '1.57': '1.12.0' },
  '@backstage/catalog-model': { '1.55': '1.10.1', '1.57': '1.10.3' },
  '@backstage/config': { '1.55': '1.3.9', '1.57': '1.3.11' },
  '@backstage/errors': { '1.55': '1.3.1', '1.57': '1.4.0' },
  '@backstage/integration': { '1.55': '2.1.2', '1.57': '2.2.0' },
  '@backstage/plugin-catalog-node': { '1.55': '2.2.5', '1.57': '3.0.0' },
  '@backstage/plugin-scaffolder-backend': { '1.55': '4.2.0', '1.57': '4.3.0' },
  '@backstage/plugin-scaffolder-node': { '1.55': '0.13.7', '1.57': '1.0.0' },
  '@backstage/types': { '1.55': '1.2.2', '1.57': '1.2.2' },
};

const isBackstage = (name: string) => name.startsWith('@backstage/');

/** Name and range of every Backstage package that a published one depends on. */
const ranges = PUBLISHED.flatMap(folder => {
  const { name, dependencies, peerDependencies } = readJson(
    `${folder}/package.json`,
  );
  return Object.entries<string>({ ...dependencies, ...peerDependencies })
    .filter(([dependency]) => isBackstage(dependency))
    .map(([dependency, range]) => ({ name, dependency, range }));
});

describe('the Backstage of the workspace', () => {
  it('has one version of every package', () => {
    const versions = new Map<string, Set<string>>();
    for (const [path, { version }] of Object.entries(lock)) {
      const name = path.slice(path.lastIndexOf('node_modules/') + 13);
      if (!isBackstage(name)) continue;
      versions.set(name, (versions.get(name) ?? new Set()).add(version));
    }
    expect(versions.size).toBeGreaterThan(50);
    const several = [...versions].filter(([, found]) => found.size > 1);
    expect(several.map(([name, found]) => [name, ...found])).toEqual([]);
  });

  it('is the newest release that the published packages accept', () => {
    expect(
      Object.keys(RELEASES).map(name => [
        name,
        lock[`node_modules/${name}`].version,
      ]),
    ).toEqual(Object.entries(RELEASES).map(([name, of]) => [name, of['1.57']]));
  });
});

describe.each(ranges)(
  '$name, which needs $dependency $range',
  ({ dependency, range }) => {
    it.each(['1.55', '1.57'] as const)('accepts Backstage %s', release => {
      const version = RELEASES[dependency]?.[release];
      expect(version && satisfies(version, range)).toBe(true);
    });
  },
);

it.each([
  'README.md',
  'docs/install.md',
  'plugins/scaffolder-backend-module-golden-path/config.d.ts',
])('%s names the range', file => {
  expect(readFileSync(join(ROOT, file), 'utf8')).toContain(
    'Backstage 1.55 to 1.57',
  );
});

it('lists no Backstage package without a published package that requires it', () => {
  expect(
    [...new Set(ranges.map(({ dependency }) => dependency))].sort(),
  ).toEqual(Object.keys(RELEASES));
});
