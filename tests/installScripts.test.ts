import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const readJson = (path: string) =>
  JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

interface Locked {
  name?: string;
  hasInstallScript?: boolean;
  os?: string[];
}
const packages: Record<string, Locked> = readJson('package-lock.json').packages;
const allowScripts: Record<string, boolean> =
  readJson('package.json').allowScripts;

/** Name and folder of every package with an install script, on the supported systems. */
const withScript = Object.entries(packages)
  .filter(
    ([, { hasInstallScript, os }]) =>
      hasInstallScript && !os?.includes('win32'),
  )
  .map(([folder, { name }]) => ({
    folder,
    name: name ?? folder.slice(folder.lastIndexOf('node_modules/') + 13),
  }));

/** docs/adr/0009: installing requires no compiler, even if downloads are blocked. */
describe('npm ci', () => {
  it('runs no install script that is not listed', () => {
    const names = [...new Set(withScript.map(({ name }) => name))].sort();
    expect(names).toEqual(Object.keys(allowScripts).sort());
  });

  it('compiles nothing', () => {
    const compiles = withScript.filter(({ folder }) => {
      const { scripts = {} } = existsSync(join(ROOT, folder))
        ? readJson(`${folder}/package.json`)
        : {};
      return (
        existsSync(join(ROOT, folder, 'binding.gyp')) ||
        /node-gyp|prebuild|cmake/.test(
          `${scripts.preinstall} ${scripts.install} ${scripts.postinstall}`,
        )
      );
    });
    // Proves that the rule finds such packages.
    expect(compiles.map(({ name }) => name)).toContain(
      '@tree-sitter-grammars/tree-sitter-hcl',
    );
    expect(compiles.filter(({ name }) => allowScripts[name])).toEqual([]);
  });

  it('installs no better-sqlite3, which compiles if its binary cannot be downloaded', () => {
    expect(Object.keys(packages)).not.toContain('node_modules/better-sqlite3');
  });
});
