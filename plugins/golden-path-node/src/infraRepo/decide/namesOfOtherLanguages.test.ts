import { spawnSync } from 'node:child_process';
import { parseDeclared } from '@goldenpath/plugin-golden-path-common';
import { parse } from 'yaml';
import {
  CREATED,
  declareDatabase,
} from '../../../../../tests/support/exampleDatabase';
import { itWhen } from '../../../../../tests/support/needs';
import { findPython } from '../../../../../tests/support/python';
import { isTerraformHere, readByTerraform } from '../testing/terraform';
import { parseYamlStrictly } from './parseYamlStrictly';
import { planInfraRequest } from './planInfraRequest';
import { readTfvars } from './readTfvars';
import { renderDatabaseOwners } from './renderDatabaseOwners';
import { setCatalogStatus } from './setCatalogStatus';

/** Names with a meaning in a language of the infra repo, or in that of the code which edits it. CASES 20. */
const ROWS: Array<{ names: string[]; source: string }> = [
  {
    names: ['for'],
    source: 'HCL: { for … } is an expression (hashicorp/hcl #473)',
  },
  {
    names: ['null', 'true', 'false'],
    source: 'HCL and YAML: literals',
  },
  {
    names: ['yes', 'off', 'nan', 'inf'],
    source: 'YAML 1.1: other types (yaml.org/type/bool.html, float.html)',
  },
  {
    names: ['endfor', 'else', 'each', 'var', 'local', 'module', 'self'],
    source: 'HCL and Terraform: words of templates and expressions',
  },
  {
    names: ['constructor', 'prototype', 'length', 'then'],
    source: 'members of JavaScript’s objects, functions, lists and promises',
  },
  {
    names: ['databases', 'version', 'metadata', 'configuration'],
    source: 'the catalog: its own keys',
  },
  {
    names: ['application_databases', 'database_name', 'username'],
    source: 'terraform.tfvars: its own attributes',
  },
  {
    names: ['rds', 'master'],
    source: "Secrets Manager: the master's secret is <prefix>/<env>/rds/master",
  },
];
const DATABASES = ROWS.flatMap(({ names }) => names);
/** As above, for fields that may begin with a digit or have capitals. */
const PEOPLE = [
  ...['toString', 'valueOf', 'constructor', 'hasOwnProperty'],
  ...['1e3', '0x10', '0o17', '0b1', '1_000', '1.50', '2026-11-24', '123', 'Y'],
];

const empty = {
  catalog: { path: 'catalog.yaml', text: 'databases: {}\n' },
  tfvars: { path: 'terraform.tfvars', text: 'application_databases = {}\n' },
};

/** Requests the databases one after the other. */
const requestAll = async (
  requests: Array<ReturnType<typeof declareDatabase>>,
) => {
  let files = empty;
  for (const request of requests) {
    const { changes } = await planInfraRequest(files, request, CREATED);
    expect(changes.map(({ path }) => path)).toEqual([
      'catalog.yaml',
      'terraform.tfvars',
    ]);
    files = { catalog: changes[0], tfvars: changes[1] };
  }
  return files;
};

const withPeople = DATABASES.map((name, index) =>
  declareDatabase(name, {
    username: name,
    component_id: name.replaceAll('_', '-'),
    owner: PEOPLE[index % PEOPLE.length],
    requestedBy: PEOPLE[(index + 1) % PEOPLE.length],
  }),
);

describe.each(ROWS)('$names: $source', ({ names }) => {
  it.each(names)('%s is declared, found again and has a status', async name => {
    const request = declareDatabase(name, { username: name });
    const files = await requestAll([request]);
    expect(await planInfraRequest(files, request, CREATED)).toEqual({
      changes: [],
    });
    const between = await requestAll([
      declareDatabase('aaa_db'),
      declareDatabase('zzz_db'),
      request,
    ]);
    expect(await readTfvars(between.tfvars.text, 'x')).toMatchObject([
      { key: 'aaa_db' },
      { key: name, databaseName: name, username: name },
      { key: 'zzz_db' },
    ]);
    const active = setCatalogStatus(between.catalog.text, 'x', 'dev', {
      [name]: 'active',
    });
    expect(parse(active).databases.dev[name].metadata.status).toBe('active');
  });
});

describe('all of them in one infra repo', () => {
  const expected = Object.fromEntries(
    withPeople.map(({ databaseName, owner, requestedBy, component_id }) => [
      databaseName,
      {
        metadata: expect.objectContaining({
          owner,
          requested_by: requestedBy,
          component: component_id,
        }),
        configuration: expect.objectContaining({ username: databaseName }),
      },
    ]),
  );
  let files: typeof empty;
  beforeAll(async () => {
    files = await requestAll(withPeople);
  });

  it('are names that a declared database may have', () => {
    for (const one of withPeople)
      expect(parseDeclared({ ...one })).toEqual({ declared: one });
  });

  it.each([
    { reader: 'YAML 1.2', read: (text: string) => parse(text) },
    {
      reader: 'YAML 1.1',
      read: (text: string) => parse(text, { version: '1.1' }),
    },
    {
      reader: 'the check of every edit',
      read: (text: string) => parseYamlStrictly(text, 'x'),
    },
  ])('are texts to $reader', ({ read }) => {
    expect(read(files.catalog.text)).toEqual({ databases: { dev: expected } });
  });

  const python = findPython(['yaml']);
  itWhen(python !== undefined, 'Python with PyYAML')(
    'are texts to PyYAML',
    async () => {
      const { stdout } = spawnSync(
        python!,
        [
          '-c',
          'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)',
        ],
        { input: files.catalog.text, encoding: 'utf8' },
      );
      expect(JSON.parse(stdout)).toEqual({ databases: { dev: expected } });
    },
  );

  itWhen(isTerraformHere(), 'terraform')(
    'are keys and texts to Terraform',
    async () => {
      expect(readByTerraform(files.tfvars.text)).toEqual(
        Object.fromEntries(
          DATABASES.map(name => [
            name,
            expect.objectContaining({ database_name: name, username: name }),
          ]),
        ),
      );
    },
  );

  it('are keys of the admission policy’s list', () => {
    const { data } = parse(
      renderDatabaseOwners(files.catalog.text, 'x', { store: 'aws' }),
      { version: '1.1' },
    );
    expect(Object.keys(data).sort()).toEqual(
      [
        '_store',
        ...new Set(
          withPeople.flatMap(({ owner }) => [owner, owner.toLowerCase()]),
        ),
      ].sort(),
    );
  });
});
