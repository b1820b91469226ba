import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { add, errorOf, KEY, lines, PATH } from '../testing/catalogFile';
import { catalogSamples } from '../testing/catalogText';
import { commentedCatalogs, listComments } from '../testing/commentedCatalog';
import { commentedTfvars, listHclComments } from '../testing/commentedTfvars';
import { asked, PATH as TFVARS_PATH } from '../testing/tfvarsFile';
import { tfvarsSamples } from '../testing/tfvarsText';
import { addTfvarsEntry } from './addTfvarsEntry';
import { readTfvars } from './readTfvars';
import { removeCatalogEntry } from './removeCatalogEntry';
import { removeTfvarsEntry } from './removeTfvarsEntry';

const CORPUS = join(__dirname, '../testing/corpus');
const filesOf = (folder: string) =>
  readdirSync(join(CORPUS, folder))
    .sort()
    .map(name => [name, readFileSync(join(CORPUS, folder, name), 'utf8')]);

const remove = (text: string, databaseName = 'orders_db') =>
  removeCatalogEntry(text, PATH, { ...KEY, databaseName });
const removeHcl = async (text: string, databaseName = 'orders_db') =>
  (
    await removeTfvarsEntry(text, TFVARS_PATH, {
      environment: 'dev',
      databaseName,
    })
  ).text;
const addHcl = (text: string) => addTfvarsEntry(text, TFVARS_PATH, asked);

const valueOf = (text: string) =>
  parseYaml(text, { merge: true, logLevel: 'error' });
/** Databases by environment; one without any is left out. */
const databasesOf = (text: string) =>
  Object.entries(valueOf(text).databases ?? {}).filter(
    ([, databases]) => Object.keys(Object(databases)).length > 0,
  );
const isFilled = (text: string) =>
  databasesOf(text).some(([name]) => name === 'dev');

describe('removeCatalogEntry', () => {
  it.each([
    {
      reason: 'comments on its own lines go, the others stay',
      text: lines(
        'databases: # all',
        '  dev: # dbs',
        '    # about a',
        '    a_db:',
        '      note: 1 # of a',
        '      # inside a',
        '      more: 2 # end of a',
        '      # below a',
        '    b_db: {} # of b',
      ),
      name: 'a_db',
      after: lines(
        'databases: # all',
        '  dev: # dbs',
        '    # about a',
        '      # below a',
        '    b_db: {} # of b',
      ),
    },
    {
      reason: 'the environment of the last entry stays',
      text: lines('databases:', '  dev: # dbs', '    a_db:', '      x: 1'),
      name: 'a_db',
      after: lines('databases:', '  dev: {} # dbs'),
    },
    {
      reason: 'blank lines separate groups: the group of the next entry stays',
      text: lines(
        'databases:',
        '  dev:',
        '    a_db: {}',
        '',
        '    b_db: {}',
        '    c_db: {}',
      ),
      name: 'b_db',
      after: lines('databases:', '  dev:', '    a_db: {}', '', '    c_db: {}'),
    },
    {
      reason: 'flow style, in the middle',
      text: lines('databases: { dev: { a_db: {}, b_db: {}, c_db: {} } }'),
      name: 'b_db',
      after: lines('databases: { dev: { a_db: {}, c_db: {} } }'),
    },
    {
      reason: 'flow style on lines: the last comma goes, the comment stays',
      text: lines(
        'databases:',
        '  dev: {',
        '    a_db: {}, # of a',
        '    b_db: {} # of b',
        '    }',
      ),
      name: 'b_db',
      after: lines('databases:', '  dev: {', '    a_db: {} # of a', '    }'),
    },
    {
      reason: 'an entry of another environment stays',
      text: lines('databases: { dev: {}, prod: { a_db: {} } }'),
      name: 'a_db',
      after: lines('databases: { dev: {}, prod: { a_db: {} } }'),
    },
  ])('$reason', ({ text, name, after }) => {
    const removed = remove(text, name);
    expect(removed).toBe(after);
    expect(remove(removed, name)).toBe(removed);
  });

  it.each([
    {
      reason: 'an anchor in the entry is used elsewhere',
      text: lines(
        'databases:',
        '  dev:',
        '    orders_db: &a',
        '      x: 1',
        '    b_db: *a',
      ),
      says: ':1:1: the removal of "orders_db" can\'t be written here without other changes; edit the file by hand.',
    },
    {
      reason: 'it is merged into the environment',
      text: lines(
        'x: &x { orders_db: {} }',
        'databases:',
        '  dev:',
        '    <<: *x',
        '    a_db: {}',
      ),
      says: ':3:3: "orders_db" comes from a merge key here; write the databases of dev out.',
    },
    {
      reason: 'an explicit key',
      text: lines('databases:', '  dev:', '    ? orders_db', '    : {}'),
      says: ':3:7: this entry doesn\'t begin with its name at the start of a line; write it as "name:" there, or remove it by hand.',
    },
    {
      reason: 'a comment would become text of the entry above',
      text: lines(
        'databases:',
        '  dev:',
        '    a_db:',
        '      note: |',
        '        text',
        '    orders_db: {}',
        '        # below',
      ),
      says: ':1:1: the removal of "orders_db" can\'t be written here without other changes; edit the file by hand.',
    },
  ])('is refused: $reason', ({ text, says }) => {
    expect(errorOf(() => remove(text))).toEqual({
      name: 'InputError',
      message: `${PATH}${says}`,
    });
  });

  it.each(filesOf('catalog/added'))(
    'reverses the addition to %s',
    (_, text) => {
      const removed = remove(add(text));
      if (isFilled(text)) expect(removed).toBe(text);
      expect(databasesOf(removed)).toEqual(databasesOf(text));
      expect(listComments(removed)).toEqual(listComments(text));
    },
  );

  it('reverses the addition, whatever the file looks like', () => {
    fc.assert(
      fc.property(catalogSamples, ({ text }) => {
        const removed = remove(add(text));
        if (isFilled(text)) expect(removed).toBe(text);
        expect(databasesOf(removed)).toEqual(databasesOf(text));
        expect(listComments(removed)).toEqual(listComments(text));
        expect(remove(removed)).toBe(removed);
      }),
      { numRuns: 100 },
    );
  });

  it('keeps the comments before, behind and between entries', () => {
    fc.assert(
      fc.property(commentedCatalogs, text => {
        const added = add(text);
        const removed = remove(added);
        expect(listComments(removed)).toEqual(listComments(text));
        expect(databasesOf(removed)).toEqual(databasesOf(text));
        expect(remove(removed)).toBe(removed);
      }),
      { numRuns: 200 },
    );
  });

  it('removes any entry with its own lines, and no comment on another one', () => {
    const counts = { removed: 0, refused: 0 };
    fc.assert(
      fc.property(commentedCatalogs, fc.nat(8), (text, at) => {
        const all = databasesOf(text).flatMap(([environment, databases]) =>
          Object.keys(Object(databases)).map(databaseName => ({
            environment,
            databaseName,
          })),
        );
        if (all.length === 0) return;
        const key = all[at % all.length];
        if (errorOf(() => removeCatalogEntry(text, PATH, key))) {
          // A comment would become part of a text, or stand where the parser rejects it.
          counts.refused += 1;
          return;
        }
        counts.removed += 1;
        const removed = removeCatalogEntry(text, PATH, key);
        const { databases, ...rest } = valueOf(text);
        const { [key.databaseName]: gone, ...others } =
          databases[key.environment];
        expect(valueOf(removed)).toEqual({
          ...rest,
          databases: { ...databases, [key.environment]: others },
        });
        const kept = listComments(removed);
        const before = listComments(text);
        // Those of the entry: on two lines, and on two between them.
        expect(before.length - kept.length).toBeLessThanOrEqual(4);
        // In order, none twice.
        kept.reduce((from, comment) => {
          const found = before.indexOf(comment, from);
          expect(found).not.toBe(-1);
          return found + 1;
        }, 0);
      }),
      { numRuns: 200 },
    );
    expect(counts.removed).toBeGreaterThan(8 * counts.refused);
  });
});

describe('removeTfvarsEntry', () => {
  it('finds the entry by its database, whatever its key, and returns it', async () => {
    const text = lines(
      'application_databases = {',
      '  # about it',
      '  old-key = { # own',
      '    database_name = "orders_db" # own',
      '    username      = "orders_user"',
      '  } # own',
      '  b_db = { database_name = "b_db", username = "b_user" }',
      '}',
    );
    const result = await removeTfvarsEntry(text, TFVARS_PATH, KEY);
    expect(result).toMatchObject({
      removed: { key: 'old-key', username: 'orders_user' },
      text: lines(
        'application_databases = {',
        '  # about it',
        '  b_db = { database_name = "b_db", username = "b_user" }',
        '}',
      ),
    });
    expect(await removeTfvarsEntry(result.text, TFVARS_PATH, KEY)).toEqual({
      text: result.text,
    });
  });

  it('is refused for another environment', async () => {
    await expect(
      removeHcl('environment = "prod"\napplication_databases = {}\n'),
    ).rejects.toMatchObject({
      message: expect.stringMatching(
        /^envs\/dev-rds\/terraform\.tfvars:1:1: environment is "prod" here/,
      ),
    });
  });

  it.each(filesOf('tfvars/added'))(
    'reverses the addition to %s',
    async (_, text) => {
      const removed = await removeHcl(await addHcl(text));
      const before = await readTfvars(text, TFVARS_PATH);
      if (before.length > 0) expect(removed).toBe(text);
      expect(listHclComments(removed)).toEqual(listHclComments(text));
    },
  );

  it('reverses the addition, and keeps every comment', async () => {
    await fc.assert(
      fc.asyncProperty(commentedTfvars, async text => {
        const removed = await removeHcl(await addHcl(text));
        const before = await readTfvars(text, TFVARS_PATH);
        if (before.length > 0) expect(removed).toBe(text);
        else
          expect(removed.replaceAll(/\s/g, '')).toBe(
            text.replaceAll(/\s/g, ''),
          );
        expect(await removeHcl(removed)).toBe(removed);
      }),
      { numRuns: 150 },
    );
  });

  it('removes any entry, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(tfvarsSamples, fc.nat(4), async ({ text }, at) => {
        const before = await readTfvars(text, TFVARS_PATH);
        const gone = before[at];
        if (!gone) return;
        const { text: removed, removed: entry } = await removeTfvarsEntry(
          text,
          TFVARS_PATH,
          { environment: 'dev', databaseName: gone.databaseName },
        );
        const first = before.find(
          ({ databaseName }) => databaseName === gone.databaseName,
        );
        expect(entry).toEqual(first);
        const bare = ({ line, ...rest }: { line: number }) => rest;
        expect((await readTfvars(removed, TFVARS_PATH)).map(bare)).toEqual(
          before.filter(one => one !== first).map(bare),
        );
      }),
      { numRuns: 100 },
    );
  });
});
