import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { satisfies } from 'semver';
import { publishedPackages } from '../scripts/make-packages';

const ROOT = resolve(__dirname, '..');
const readJson = (path: string) =>
  JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
const lock: Record<string, { version: string }> =
  readJson('package-lock.json').packages;

/** The versions of the oldest release that the published packages accept. */
const OLDEST: Record<string, string> = readJson(
  'tests/support/backstage-1.55.json',
);

/** The versions of the newest release that the published packages accept; the workspace has them. */
const NEWEST: Record<string, string> = {
  '@backstage/backend-openapi-utils': '0.7.4',
  '@backstage/backend-plugin-api': '1.12.0',
  '@backstage/catalog-client': '1.16.4',
  '@backstage/catalog-model': '1.10.3',
  '@backstage/config': '1.3.11',
  '@backstage/errors': '1.4.0',
  '@backstage/frontend-plugin-api': '1.0.0',
  '@backstage/integration': '2.2.0',
  '@backstage/plugin-catalog-node': '3.0.0',
  '@backstage/plugin-catalog-react': '4.0.0',
  '@backstage/plugin-events-node': '0.5.0',
  '@backstage/plugin-notifications-node': '0.2.32',
  '@backstage/plugin-permission-common': '0.9.13',
  '@backstage/plugin-permission-node': '0.11.6',
  '@backstage/plugin-permission-react': '0.5.7',
  '@backstage/plugin-scaffolder-backend': '4.3.0',
  '@backstage/plugin-scaffolder-node': '1.0.0',
  '@backstage/plugin-scaffolder-react': '3.0.0',
  '@backstage/types': '1.2.2',
  '@backstage/ui': '0.20.0',
};

const isBackstage = (name: string) => name.startsWith('@backstage/');

/** Name and range of every Backstage package that a published one depends on. */
const ranges = publishedPackages().flatMap(folder => {
  const { name, backstage, dependencies, peerDependencies } = readJson(
    `${folder}/package.json`,
  );
  // frontend-plugin-api 1.0 came with 1.57.
  const releases =
    backstage?.role === 'frontend-plugin'
      ? [['1.57', NEWEST] as const]
      : [['1.55', OLDEST] as const, ['1.57', NEWEST] as const];
  return Object.entries<string>({ ...dependencies, ...peerDependencies })
    .filter(([dependency]) => isBackstage(dependency))
    .map(([dependency, range]) => ({ name, dependency, range, releases }));
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
      Object.keys(NEWEST).map(name => [
        name,
        lock[`node_modules/${name}`].version,
      ]),
    ).toEqual(Object.entries(NEWEST));
  });
});

describe.each(ranges)(
  '$name, which needs $dependency $range',
  ({ dependency, range, releases }) => {
    it.each(releases)('accepts Backstage %s', (_, release) => {
      expect(satisfies(release[dependency], range)).toBe(true);
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
  ).toEqual(Object.keys(NEWEST));
});
