#!/usr/bin/env node
/**
 * Builds dist-cli/goldenpath-rds-<version>.tgz: the command line with all it needs in one archive, for machines that
 * reach no registry. Unpacked it runs as it is, and `npm install --global <archive>` fetches nothing. The same sources
 * make the same bytes.
 *
 *   node scripts/make-archive.js [folder to put it into]
 */
const { execFileSync } = require('node:child_process');
const {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} = require('node:fs');
const { createRequire } = require('node:module');
const { tmpdir } = require('node:os');
const { basename, join, relative, resolve } = require('node:path');
const { gunzipSync, gzipSync } = require('node:zlib');
const esbuild = require('esbuild');
const { thirdPartyLicenses } = require('./third-party-licenses');

const PACKAGE = resolve(__dirname, '..');
const WORKSPACE = resolve(PACKAGE, '../..');

/**
 * What the bundled libraries read from beside their code, where each looks for it once it runs in dist/. Our own
 * `require.resolve('….wasm')` are found by {@link wasmBeside}.
 */
const READ_AT_RUN_TIME = [
  { file: 'web-tree-sitter/web-tree-sitter.wasm', to: 'dist' },
  { file: '@cdktn/hcl2json/main.wasm.gz', to: '.' },
];

/** Asked for inside a condition that is never met on Node 20: pg's optional driver, a global that Node has by now. */
const NEVER_LOADED = ['pg-native', 'performance'];

const RESOLVED_WASM = /require\.resolve\(\s*'([^']+\.wasm)',?\s*\)/g;

/** Makes our sources look for a library's wasm in the bundle's own folder, and notes which files those are. */
const wasmBeside = found => ({
  name: 'wasm-beside',
  setup: build =>
    build.onLoad({ filter: /golden-path-node\/src\/.*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      return {
        loader: 'ts',
        contents: text.replace(RESOLVED_WASM, (_, file) => {
          found.add(file);
          return `require('node:path').join(__dirname, '${basename(file)}')`;
        }),
      };
    }),
});

const { resolve: resolveFromNode } = createRequire(
  join(WORKSPACE, 'plugins/golden-path-node/package.json'),
);

/** A file of a library as golden-path-node sees it, whether or not the library's `exports` name it. */
const libraryFile = name => {
  const found = resolveFromNode
    .paths(name)
    .map(folder => join(folder, name))
    .find(path => existsSync(path));
  if (!found) throw new Error(`${name} is not installed.`);
  return found;
};

/** The same in gzip's format, but not compressed. */
const stored = gzipped => gzipSync(gunzipSync(gzipped), { level: 0 });

const bundle = async folder => {
  const wasm = new Set();
  const { metafile } = await esbuild.build({
    absWorkingDir: WORKSPACE,
    entryPoints: [join(PACKAGE, 'src/index.ts')],
    outfile: join(folder, 'dist/index.cjs.js'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: NEVER_LOADED,
    // They stand in THIRD-PARTY-LICENSES. Names and lines stay: a stack is to be read.
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    plugins: [wasmBeside(wasm)],
  });
  const beside = [
    ...READ_AT_RUN_TIME,
    ...[...wasm].map(file => ({ file, to: 'dist' })),
  ].map(({ file, to }) => ({ from: libraryFile(file), to }));
  for (const { from, to } of beside) {
    const target = join(folder, to, basename(from));
    // The archive is compressed itself, and unpacking twice would take time at every start.
    if (from.endsWith('.gz')) writeFileSync(target, stored(readFileSync(from)));
    else copyFileSync(from, target);
  }
  return [
    ...Object.keys(Object.values(metafile.outputs)[0].inputs),
    ...beside.map(({ from }) => relative(WORKSPACE, from)),
  ];
};

const makeArchive = async destination => {
  const { version, license, description, bin, engines } = JSON.parse(
    readFileSync(join(PACKAGE, 'package.json'), 'utf8'),
  );
  const folder = mkdtempSync(join(tmpdir(), 'golden-path-archive-'));
  try {
    mkdirSync(join(folder, 'bin'));
    mkdirSync(join(folder, 'dist'));
    const files = await bundle(folder);
    copyFileSync(
      join(PACKAGE, 'bin/goldenpath-rds.js'),
      join(folder, 'bin/goldenpath-rds.js'),
    );
    copyFileSync(join(WORKSPACE, 'LICENSE'), join(folder, 'LICENSE'));
    writeFileSync(
      join(folder, 'THIRD-PARTY-LICENSES'),
      thirdPartyLicenses(WORKSPACE, files),
    );
    writeFileSync(
      join(folder, 'package.json'),
      `${JSON.stringify(
        // Private: nobody is to publish it under a name that is not ours.
        {
          name: 'goldenpath-rds',
          version,
          private: true,
          license,
          description,
          bin,
          engines,
        },
        undefined,
        2,
      )}\n`,
    );
    // Not as the umask of whoever builds has it.
    for (const file of readdirSync(folder, { recursive: true })) {
      const isRun =
        file === 'bin' || file === 'dist' || file.endsWith('-rds.js');
      chmodSync(join(folder, file), isRun ? 0o755 : 0o644);
    }
    mkdirSync(destination, { recursive: true });
    // npm sorts the files and gives all of them the same time and owner.
    execFileSync(
      'npm',
      [
        'pack',
        '--silent',
        '--ignore-scripts',
        '--pack-destination',
        destination,
      ],
      { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    return join(destination, `goldenpath-rds-${version}.tgz`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

module.exports = { makeArchive };

if (require.main === module) {
  makeArchive(resolve(process.argv[2] ?? join(WORKSPACE, 'dist-cli'))).then(
    archive => console.log(archive),
    error => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
}
