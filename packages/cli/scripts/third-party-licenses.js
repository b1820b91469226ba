const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { gunzipSync } = require('node:zlib');

/** Licences (SPDX) that the archive may include. A person decides about any other. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  // Its files are unchanged, and the list says where their source is.
  'MPL-2.0',
]);

/** Go modules in hcl2json's wasm. The wasm lists their names and versions, but not their licences. */
const GO_MODULES = {
  go: {
    license: 'BSD-3-Clause',
    copyright: 'Copyright 2009 The Go Authors',
  },
  'github.com/agext/levenshtein': {
    license: 'Apache-2.0',
    copyright:
      'Copyright 2016 ALRUX Inc.\nThis product includes software developed at ALRUX Inc. (http://www.alrux.com/).',
  },
  'github.com/apparentlymart/go-textseg/v15': {
    license: 'MIT',
    copyright:
      'Copyright 2017 Martin Atkins\nUnicode data: Copyright 1991-2017 Unicode, Inc.',
  },
  'github.com/hashicorp/hcl/v2': {
    license: 'MPL-2.0',
    copyright: 'Copyright 2014 HashiCorp, Inc.',
  },
  'github.com/mitchellh/go-wordwrap': {
    license: 'MIT',
    copyright: 'Copyright 2014-2015 Mitchell Hashimoto',
  },
  'github.com/tmccombs/hcl2json': {
    license: 'Apache-2.0',
    copyright: 'Copyright Thayne McCombs',
  },
  'github.com/zclconf/go-cty': {
    license: 'MIT',
    copyright: 'Copyright 2017-2018 Martin Atkins',
  },
  'golang.org/x/text': {
    license: 'BSD-3-Clause',
    copyright: 'Copyright 2009-2015 The Go Authors',
  },
};

/** What Emscripten adds to every wasm compiled from C. web-tree-sitter doesn't record its version. */
const EMSCRIPTEN = [
  {
    name: 'emscripten',
    source: 'https://github.com/emscripten-core/emscripten',
    copyright: 'Copyright (c) 2010-2014 Emscripten authors',
  },
  {
    name: 'musl',
    source: 'https://musl.libc.org',
    copyright: 'Copyright (c) 2005-2020 Rich Felker, et al.',
  },
];

const PACKAGE_FOLDER = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;
const TEXT_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/**
 * Lists name, version, licence and licence text of every package that these files belong to.
 * @param workspace folder that the paths are relative to
 * @param files paths of the archive's files; our own are ignored
 * @throws Error that names all packages whose licence is unknown or not allowed
 */
const thirdPartyLicenses = (workspace, files) => {
  const folders = new Set(
    files.flatMap(file => PACKAGE_FOLDER.exec(file)?.[0] ?? []),
  );
  const packages = [...folders]
    .map(folder => readPackage(join(workspace, folder)))
    .flatMap(one => [one, ...one.compiledIn])
    .sort((a, b) =>
      `${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1,
    );
  const problems = packages.flatMap(problemOf);
  if (problems.length > 0)
    throw new Error(
      `The archive can't be built:\n${problems
        .map(problem => `  ${problem}`)
        .join('\n')}`,
    );
  return print(packages);
};

const readPackage = folder => {
  const { name, version, license, repository } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const texts = readdirSync(folder)
    .filter(file => TEXT_FILE.test(file))
    .sort()
    .map(file => readFileSync(join(folder, file), 'utf8'));
  return {
    name,
    version,
    license,
    source: sourceOf(repository),
    text: texts.length > 0 ? texts.join('\n') : textElsewhere(folder, license),
    compiledIn: compiledInto(name, version, folder),
  };
};

/** Some say their licence at the end of the README, and some packages of a large repository leave it at its top. */
const textElsewhere = (folder, license) => {
  const readme = readdirSync(folder).find(file => /^readme/i.test(file));
  const section =
    readme &&
    /^#+\s*licen[cs]e\s*\n([\s\S]*permission[\s\S]*)/im.exec(
      readFileSync(join(folder, readme), 'utf8'),
    );
  if (section) return section[1];
  return license === 'Apache-2.0' ? standardText(license) : undefined;
};

const standardText = license =>
  readFileSync(
    license === 'Apache-2.0'
      ? join(__dirname, '../../../LICENSE')
      : join(__dirname, 'licenses', `${license}.txt`),
    'utf8',
  );

const sourceOf = repository =>
  (typeof repository === 'string' ? repository : repository?.url ?? '')
    .replace(/^git\+/, '')
    .replace(/^git:/, 'https:');

const compiledInto = (name, version, folder) => {
  if (name === '@cdktn/hcl2json') return goModules(folder);
  if (name !== 'web-tree-sitter') return [];
  return EMSCRIPTEN.map(({ copyright, ...one }) => ({
    ...one,
    version: `of ${name} ${version}`,
    license: 'MIT',
    text: `${copyright}\n\n${standardText('MIT')}`,
  }));
};

/** The modules that a Go program names in itself, as `go version -m` prints them. */
const goModules = folder => {
  const wasm = gunzipSync(readFileSync(join(folder, 'main.wasm.gz'))).toString(
    'latin1',
  );
  const found = [...wasm.matchAll(/^dep\t(\S+)\t(v\S+)/gm)].map(
    ([, name, version]) => ({ name, version }),
  );
  const [, goVersion] = /\bgo(1\.\d+(?:\.\d+)?)\b/.exec(wasm) ?? [];
  return [...found, { name: 'go', version: goVersion }].map(
    ({ name, version }) => {
      const known = GO_MODULES[name];
      return {
        name,
        version,
        license: known?.license,
        source: name === 'go' ? 'https://go.dev' : `https://${name}`,
        text: known && `${known.copyright}\n\n${standardText(known.license)}`,
      };
    },
  );
};

const problemOf = ({ name, version, license, text }) => {
  if (!ALLOWED.has(license))
    return [
      `${name} ${version}: licence ${JSON.stringify(
        license,
      )} is not among those allowed (${[...ALLOWED].join(', ')}).`,
    ];
  return text?.trim() ? [] : [`${name} ${version}: has no licence text.`];
};

const RULE = '-'.repeat(80);

const print = packages => {
  const byText = new Map();
  for (const one of packages) {
    const text = one.text.replace(/\r\n/g, '\n').trim();
    byText.set(text, [...(byText.get(text) ?? []), one]);
  }
  return [
    'This archive carries the work of others, unchanged but for being put into one file:',
    '',
    ...packages.map(
      ({ name, version, license, source }) =>
        `${name} ${version} (${license})${source ? ` ${source}` : ''}`,
    ),
    ...[...byText].flatMap(([text, ones]) => [
      '',
      RULE,
      ...ones.map(({ name, version }) => `${name} ${version}`),
      RULE,
      '',
      text,
    ]),
    '',
  ].join('\n');
};

module.exports = { thirdPartyLicenses };
