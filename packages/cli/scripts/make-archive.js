#!/usr/bin/env node
/**
 * Builds dist-cli/goldenpath-rds-<version>.tgz: the command line and the rotation function (lambda.js) with all their
 * dependencies, for machines without access to a registry. It runs once unpacked, and `npm install --global <archive>` downloads nothing. The build is reproducible.
 *
 *   node scripts/make-archive.js [output folder]
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
 * Files that bundled libraries read at run time, and the folder where each library looks for them when it runs in dist/.
 * {@link wasmBeside} finds our own `require.resolve('….wasm')`.
 */
const READ_AT_RUN_TIME = [
  { file: 'web-tree-sitter/web-tree-sitter.wasm', to: 'dist' },
  { file: '@cdktn/hcl2json/main.wasm.gz', to: '.' },
];

/** Modules behind a condition that is false on Node 20: pg's optional driver, and a global that Node now has. */
const NEVER_LOADED = ['pg-native', 'performance'];

const RESOLVED_WASM = /require\.resolve\(\s*'([^']+\.wasm)',?\s*\)/g;

/** Points our sources to a library's wasm in the bundle's folder, and adds each such file to `found`. */
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

/** Finds a library's file as golden-path-node resolves it, even if the library's `exports` don't list it. */
const libraryFile = name => {
  const found = resolveFromNode
    .paths(name)
    .map(folder => join(folder, name))
    .find(path => existsSync(path));
  if (!found) throw new Error(`${name} is not installed.`);
  return found;
};

/** The same content in gzip format without compression. */
const stored = gzipped => gzipSync(gunzipSync(gzipped), { level: 0 });

/**
 * Makes comments ASCII; esbuild escapes all other text. With one other character V8 keeps and scans the whole program at
 * two bytes a character.
 */
const makeCommentsAscii = file =>
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replaceAll(/(?:\/\/|\/\*|^\s*\*).*/gm, comment =>
      comment.replaceAll(/\P{ASCII}/gu, '?'),
    ),
  );

const bundle = async folder => {
  const wasm = new Set();
  const { metafile } = await esbuild.build({
    absWorkingDir: WORKSPACE,
    entryPoints: {
      'index.cjs': join(PACKAGE, 'src/index.ts'),
      'lambda.cjs': join(PACKAGE, 'src/lambda.ts'),
    },
    outdir: join(folder, 'dist'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: NEVER_LOADED,
    // Licences are in THIRD-PARTY-LICENSES. The code is not minified: stack traces must stay readable.
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    plugins: [wasmBeside(wasm)],
  });
  for (const file of Object.keys(metafile.outputs))
    makeCommentsAscii(join(WORKSPACE, file));
  const beside = [
    ...READ_AT_RUN_TIME,
    ...[...wasm].map(file => ({ file, to: 'dist' })),
  ].map(({ file, to }) => ({ from: libraryFile(file), to }));
  for (const { from, to } of beside) {
    const target = join(folder, to, basename(from));
    // The archive is already compressed; a second decompression would slow every start.
    if (from.endsWith('.gz')) writeFileSync(target, stored(readFileSync(from)));
    else copyFileSync(from, target);
  }
  return [
    ...Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.keys(inputs),
    ),
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
    for (const file of ['bin/goldenpath-rds.js', 'lambda.js'])
      copyFileSync(join(PACKAGE, file), join(folder, file));
    copyFileSync(join(WORKSPACE, 'LICENSE'), join(folder, 'LICENSE'));
    writeFileSync(
      join(folder, 'THIRD-PARTY-LICENSES'),
      thirdPartyLicenses(WORKSPACE, files),
    );
    writeFileSync(
      join(folder, 'package.json'),
      `${JSON.stringify(
        // Private, because we don't own this name on the registry.
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
    // Fixed modes, independent of the umask.
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
