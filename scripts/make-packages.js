#!/usr/bin/env node
/**
 * Builds what a platform team installs: one archive for each package that isn't private. Everything is built in a copy,
 * so this checkout stays as it is.
 *
 *   node scripts/make-packages.js [output folder]    default: dist-packages
 */
const { execFile } = require('node:child_process');
const {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} = require('node:fs');
const { tmpdir } = require('node:os');
const { basename, dirname, join, relative, resolve } = require('node:path');
const { promisify } = require('node:util');

const ROOT = resolve(__dirname, '..');
/** Not copied: built again, or linked. */
const LEFT_OUT = ['node_modules', 'dist', 'skeleton'];

const readManifest = folder =>
  JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));

/** The folders of the packages that are published. */
const publishedPackages = () =>
  ['plugins', 'packages']
    .flatMap(parent =>
      readdirSync(join(ROOT, parent)).map(name => `${parent}/${name}`),
    )
    .filter(folder => existsSync(join(ROOT, folder, 'package.json')))
    .filter(folder => !readManifest(folder).private);

/** Links every installed package, except those that `into` has itself. */
const linkModules = (from, into, except = []) => {
  if (!existsSync(from)) return;
  mkdirSync(into, { recursive: true });
  for (const name of readdirSync(from))
    if (!except.includes(name)) symlinkSync(join(from, name), join(into, name));
};

/** A workspace with only the published packages, which find each other in it. */
const createWorkspace = (workspace, folders) => {
  const modules = join(workspace, 'node_modules');
  linkModules(join(ROOT, 'node_modules'), modules, ['@goldenpath']);
  for (const folder of folders) {
    const source = join(ROOT, folder);
    const copy = join(workspace, folder);
    cpSync(source, copy, {
      recursive: true,
      filter: path =>
        dirname(path) !== source || !LEFT_OUT.includes(basename(path)),
    });
    linkModules(join(source, 'node_modules'), join(copy, 'node_modules'));
    copyFileSync(join(ROOT, 'LICENSE'), join(copy, 'LICENSE'));
    const link = join(modules, readManifest(folder).name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(relative(dirname(link), copy), link);
  }
  copyFileSync(join(ROOT, 'package.json'), join(workspace, 'package.json'));
  cpSync(join(ROOT, 'skeleton'), join(workspace, 'skeleton'), {
    recursive: true,
  });
  writeFileSync(
    join(workspace, 'tsconfig.json'),
    JSON.stringify({
      extends: '@backstage/cli/config/tsconfig.json',
      files: folders.map(folder => `${folder}/src/index.ts`),
      compilerOptions: {
        outDir: 'dist-types',
        rootDir: '.',
        incremental: false,
        jsx: 'react-jsx',
      },
    }),
  );
};

/**
 * Node and bundlers read `*.esm.js` as CommonJS, because a package of Backstage's role `common-library` doesn't say
 * otherwise: everyone gets the CommonJS files.
 */
const removeModules = dist => {
  for (const file of readdirSync(dist, { recursive: true }))
    if (/\.esm\.js(\.map)?$/.test(file)) rmSync(join(dist, file));
};

const run = (file, args, cwd) => promisify(execFile)(file, args, { cwd });

/** @returns the archives */
const makePackages = async destination => {
  const folders = publishedPackages();
  const workspace = mkdtempSync(join(tmpdir(), 'golden-path-packages-'));
  try {
    createWorkspace(workspace, folders);
    mkdirSync(destination, { recursive: true });
    const tsc = require.resolve('typescript/bin/tsc');
    await run(process.execPath, [tsc, '--project', workspace], workspace);
    return await Promise.all(
      folders.map(async folder => {
        const copy = join(workspace, folder);
        await run('npm', ['run', '--silent', 'build'], copy);
        if (readManifest(folder).backstage?.role !== 'frontend-plugin')
          removeModules(join(copy, 'dist'));
        const pack = ['pack', '--silent', '--pack-destination', destination];
        const { stdout } = await run('npm', pack, copy);
        return join(destination, stdout.trim().split('\n').pop());
      }),
    );
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
};

module.exports = { makePackages, publishedPackages };

if (require.main === module) {
  const destination = resolve(process.argv[2] ?? join(ROOT, 'dist-packages'));
  rmSync(destination, { recursive: true, force: true });
  makePackages(destination).then(
    archives => console.log(archives.join('\n')),
    error => {
      console.error(`${error.message}\n${error.stdout ?? ''}`);
      process.exitCode = 1;
    },
  );
}
