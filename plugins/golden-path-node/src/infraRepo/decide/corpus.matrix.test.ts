import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { createFolder } from '../../../../../tests/support/createFolder';
import { itWhen } from '../../../../../tests/support/needs';
import { entryOf } from '../testing/catalogText';
import { CATALOG_REFUSALS, TFVARS_REFUSALS } from '../testing/corpus/refusals';
import { insertedInto } from '../testing/insertedInto';
import { isTerraformHere, readByTerraform } from '../testing/terraform';
import { addCatalogEntry } from './addCatalogEntry';
import { addTfvarsEntry } from './addTfvarsEntry';
import { readTfvars } from './readTfvars';

const CORPUS = join(__dirname, '../testing/corpus');
const namesIn = (folder: string) => readdirSync(join(CORPUS, folder)).sort();
const textOf = (folder: string, name: string) =>
  readFileSync(join(CORPUS, folder, name), 'utf8');
const errorOf = async (work: () => unknown) => {
  try {
    await work();
  } catch (error) {
    const { name, message } = error as Error;
    return `${name} ${message}`;
  }
  return 'no error';
};

const asked = { databaseName: 'orders_db', username: 'orders_user' };
const KEY = { environment: 'dev', databaseName: 'orders_db' };
const ENTRY = entryOf('orders_db', 'orders_user');
const addToTfvars = (text: string) => addTfvarsEntry(text, 'file', asked);
const addToCatalog = (text: string) =>
  addCatalogEntry(text, 'file', KEY, ENTRY);

const tfvarsValues = async (text: string) =>
  Object.fromEntries(
    (await readTfvars(text, 'file')).map(entry => [
      entry.key,
      {
        database_name: entry.databaseName,
        username: entry.username,
        createdb: entry.createdb,
        connection_limit: entry.connectionLimit,
      },
    ]),
  );
const NEW = {
  database_name: 'orders_db',
  username: 'orders_user',
  createdb: false,
  connection_limit: 100,
};

/** The generated file of the corpus. */
const many = (count: number) => {
  const names = Array.from(
    { length: count },
    (_, i) => `db_${String(i).padStart(5, '0')}`,
  );
  const tfvars = names.map(
    name =>
      `  ${name} = {\n    database_name = "${name}"\n    username      = "${name}_user"\n  }\n`,
  );
  const catalog = names.map(
    name =>
      `    ${name}:\n      metadata: { id: X }\n      configuration:\n        username: ${name}_user\n`,
  );
  return {
    tfvars: `application_databases = {\n${tfvars.join('')}}\n`,
    catalog: `databases:\n  dev:\n${catalog.join('')}`,
  };
};

describe('tfvars of the corpus', () => {
  it.each(namesIn('tfvars/added'))(
    'adds one entry to %s; every other byte stays',
    async name => {
      const text = textOf('tfvars/added', name);
      const added = await addToTfvars(text);
      const before = await tfvarsValues(text);
      expect(await tfvarsValues(added)).toEqual({ ...before, orders_db: NEW });
      if (Object.keys(before).length > 0)
        expect(insertedInto(text, added)).toContain('"orders_user"');
      expect(await addToTfvars(added)).toBe(added);
    },
  );

  it.each(TFVARS_REFUSALS)('rejects $name: $says', async ({ name, says }) => {
    const text = textOf('tfvars/refused', name);
    expect(await errorOf(() => addToTfvars(text))).toContain(says);
  });

  it('has a reason for every rejected file', () => {
    expect(namesIn('tfvars/refused')).toEqual(
      TFVARS_REFUSALS.map(({ name }) => name),
    );
  });

  it('5,000 entries', async () => {
    const { tfvars } = many(5000);
    const added = await addToTfvars(tfvars);
    expect(insertedInto(tfvars, added)).toBe(
      '  orders_db = {\n    database_name    = "orders_db"\n    username         = "orders_user"\n    connection_limit = 100\n  }\n',
    );
    expect(await addToTfvars(added)).toBe(added);
  });
});

describe('catalogs of the corpus', () => {
  it.each(namesIn('catalog/added'))(
    'adds one entry to %s; everything else stays',
    name => {
      const text = textOf('catalog/added', name);
      const options = { merge: true, logLevel: 'error' } as const;
      const before = parseYaml(text, options);
      const added = addToCatalog(text);
      expect(parseYaml(added, options)).toEqual({
        ...before,
        databases: {
          ...before.databases,
          dev: { ...before.databases?.dev, orders_db: ENTRY },
        },
      });
      if (!/databases: *(\{\}|~)|dev: *\{\}|databases: \{ dev: \{\}/.test(text))
        expect(insertedInto(text, added)).toContain('orders_user');
      expect(addToCatalog(added)).toBe(added);
    },
  );

  it.each(CATALOG_REFUSALS)('rejects $name: $says', async ({ name, says }) => {
    const text = textOf('catalog/refused', name);
    expect(await errorOf(() => addToCatalog(text))).toContain(says);
  });

  it('has a reason for every rejected file', () => {
    expect(namesIn('catalog/refused')).toEqual(
      CATALOG_REFUSALS.map(({ name }) => name),
    );
  });

  it('5,000 entries', () => {
    const { catalog } = many(5000);
    const added = addToCatalog(catalog);
    expect(insertedInto(catalog, added)).toMatch(
      /^ {4}orders_db:\n(?: {6,}.*\n)+$/,
    );
    expect(addToCatalog(added)).toBe(added);
  });
});

describe('as terraform reads the corpus', () => {
  const itWithTerraform = itWhen(isTerraformHere(), 'terraform');

  itWithTerraform('reads the same values before and after', async () => {
    for (const name of namesIn('tfvars/added')) {
      const text = textOf('tfvars/added', name);
      const added = await addToTfvars(text);
      const before = await tfvarsValues(text);
      expect({ name, read: readByTerraform(text) }).toEqual({
        name,
        read: before,
      });
      expect({ name, read: readByTerraform(added) }).toEqual({
        name,
        read: { ...before, orders_db: NEW },
      });
    }
  });

  /** Files that terraform accepts and we reject: ambiguous value or position, or a hidden mistake. */
  const STRICTER = [
    'attribute-twice',
    'conditional',
    'escaped-key',
    'for-expression',
    'interpolated',
    'key-in-parentheses',
    'key-twice',
    'key-twice-quoted',
    'key-with-a-slash',
    'null',
    'role-taken',
    'role-taken-under-another-key',
    'taken-key-for-another-database',
    'taken-other-role',
    'taken-under-another-key',
    'unknown-attribute',
  ]
    .map(name => `${name}.tfvars`)
    .sort();

  itWithTerraform(
    'rejects what terraform rejects, and a known list more',
    async () => {
      const accepted = namesIn('tfvars/refused').filter(
        name => readByTerraform(textOf('tfvars/refused', name)) !== undefined,
      );
      expect(accepted).toEqual(STRICTER);
    },
  );

  itWithTerraform('keeps formatted files formatted', async () => {
    const folder = createFolder();
    const unclean = () => {
      const { stdout, stderr } = spawnSync(
        'terraform',
        ['fmt', '-check', '-list=true', folder],
        {
          encoding: 'utf8',
          env: { ...process.env, TF_CLI_CONFIG_FILE: '/dev/null' },
        },
      );
      expect(stderr).toBe('');
      return stdout
        .split('\n')
        .filter(line => line !== '')
        .map(line => line.split('/').at(-1)!);
    };
    mkdirSync(folder, { recursive: true });
    const names = namesIn('tfvars/added');
    for (const name of names)
      writeFileSync(join(folder, name), textOf('tfvars/added', name));
    const before = unclean();
    const clean = names.filter(name => !before.includes(name));
    expect(clean).toEqual(
      expect.arrayContaining(names.filter(name => name.startsWith('fmt-'))),
    );
    for (const name of clean) {
      const added = await addToTfvars(textOf('tfvars/added', name));
      writeFileSync(join(folder, name), added);
    }
    expect(unclean()).toEqual(before);
  });
});
