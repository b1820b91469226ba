import fc from 'fast-check';
import { parse as parseYaml } from 'yaml';
import { catalogSamples, entryOf } from '../testing/catalogText';
import { add, ENTRY, errorOf, KEY, lines, PATH } from '../testing/catalogFile';
import { inserted } from '../testing/inserted';
import { addCatalogEntry } from './addCatalogEntry';
import { readCatalog } from './readCatalog';

const block = (indent: number, step = 2) =>
  [
    [0, 'orders_db:'],
    [1, 'metadata:'],
    [2, 'id: DATABASE_DEV_ORDERS_DB'],
    [2, 'component: user-service'],
    [2, 'owner: platform-team'],
    [2, 'requested_by: jane'],
    [2, 'domain: delivery'],
    [2, 'risk: medium'],
    [2, 'status: pending'],
    [2, 'created_date: "2026-11-24"'],
    [1, 'configuration:'],
    [2, 'username: orders_user'],
    [2, 'size_tier: small'],
    [2, 'instance_class: db.t3.micro'],
    [2, 'secret_path: goldenpath/dev/orders_db/postgres'],
  ].map(
    ([depth, text]) => `${' '.repeat(indent + step * Number(depth))}${text}`,
  );
const FLOW =
  'orders_db: { metadata: { id: DATABASE_DEV_ORDERS_DB, component: user-service, owner: platform-team, requested_by: jane, domain: delivery, risk: medium, status: pending, created_date: "2026-11-24" }, configuration: { username: orders_user, size_tier: small, instance_class: db.t3.micro, secret_path: goldenpath/dev/orders_db/postgres } }';

const WITH_NOTE = [
  'databases:',
  '  dev:',
  '    a_db:',
  '      note: |',
  '        dev:',
  '          orders_db: {}',
];

describe('addCatalogEntry', () => {
  it.each([
    {
      reason: 'into an empty catalog',
      before: lines('version: "1.0"', 'databases: {}'),
      after: lines('version: "1.0"', 'databases:', '  dev:', ...block(4)),
    },
    {
      reason: 'into an empty value; its comment stays',
      before: lines('databases:', '  # none yet', 'other: 1'),
      after: lines(
        'databases:',
        '  # none yet',
        '  dev:',
        ...block(4),
        'other: 1',
      ),
    },
    {
      reason: 'into an empty environment with a comment',
      before: lines('databases:', '  dev: {} # none', '  prod: {}'),
      after: lines('databases:', '  dev: # none', ...block(4), '  prod: {}'),
    },
    {
      reason: 'into an environment that is null',
      before: lines('databases:', '  dev: ~', '  prod:'),
      after: lines('databases:', '  dev:', ...block(4), '  prod:'),
    },
    {
      reason: 'with its environment, between two',
      before: lines(
        'databases:',
        '  # a',
        '  alpha: {}',
        '  # p',
        '  prod: {}',
      ),
      after: lines(
        'databases:',
        '  # a',
        '  alpha: {}',
        '  dev:',
        ...block(4),
        '  # p',
        '  prod: {}',
      ),
    },
    {
      reason: 'between two with comments; same indentation',
      ...inserted(block(8, 4), there =>
        lines(
          'databases:',
          '    dev:',
          '        # about a',
          '        a_db:',
          '            metadata: {}',
          '            # retired: true',
          ...there,
          '        # about z',
          '        z_db: {}',
        ),
      ),
    },
    {
      reason:
        'first, below the comment on the environment and above the one on the entry',
      ...inserted(block(4), there =>
        lines(
          'databases:',
          '  dev: # all',
          '    # Keep sorted.',
          '',
          ...there,
          '    # about z',
          '    z_db: {}',
        ),
      ),
    },
    {
      reason: 'with a blank line where there are blank lines',
      before: lines('databases:', '  dev:', '    a_db: {}', '', '    z_db: {}'),
      after: lines(
        'databases:',
        '  dev:',
        '    a_db: {}',
        '',
        ...block(4),
        '',
        '    z_db: {}',
      ),
    },
    {
      reason: 'after a text of several lines',
      before: lines(...WITH_NOTE, '', '    z_db: {}'),
      after: lines(...WITH_NOTE, '', ...block(4), '', '    z_db: {}'),
    },
    {
      reason: 'flow style',
      before: 'databases: { dev: { a_db: {}, z_db: {} }, prod: {} } # all\n',
      after: `databases: { dev: { a_db: {}, ${FLOW}, z_db: {} }, prod: {} } # all\n`,
    },
    {
      reason: 'flow style, first and into an empty map',
      before: 'databases: { dev: {} }\n',
      after: `databases: { dev: { ${FLOW} } }\n`,
    },
    {
      reason: 'flow style, with its environment',
      before: 'databases: { prod: {} }\n',
      after: `databases: { dev: { ${FLOW} }, prod: {} }\n`,
    },
    {
      reason: 'CRLF without a last line ending',
      before: 'databases:\r\n  dev:\r\n    a_db: {}',
      after: ['databases:', '  dev:', '    a_db: {}', ...block(4)].join('\r\n'),
    },
    {
      reason: 'anchors that are used elsewhere',
      before: lines('x: &x { a: 1 }', 'databases:', '  dev: {}', 'y: *x'),
      after: lines(
        'x: &x { a: 1 }',
        'databases:',
        '  dev:',
        ...block(4),
        'y: *x',
      ),
    },
  ])('$reason', ({ before, after }) => {
    expect(add(before)).toBe(after);
    expect(add(after)).toBe(after);
  });

  it.each(['yes', 'null', 'off', 'constructor', 'metadata', 'configuration'])(
    'accepts the database name %s, a keyword elsewhere',
    databaseName => {
      const key = { environment: 'dev', databaseName };
      const entry = entryOf(databaseName, 'off');
      const added = addCatalogEntry('databases: {}\n', PATH, key, entry);
      expect(readCatalog(added, PATH).dev[databaseName]).toEqual(entry);
      // PyYAML and others read YAML 1.1, in which yes and off are booleans.
      expect(parseYaml(added, { version: '1.1' })).toEqual({
        databases: { dev: { [databaseName]: entry } },
      });
      expect(addCatalogEntry(added, PATH, key, entry)).toBe(added);
    },
  );

  it.each(['123', '1.5', '2026-11-24', '1_000', '0x1f', 'n', 'No'])(
    'keeps an owner named %s as text',
    owner => {
      const entry = { ...ENTRY, metadata: { ...ENTRY.metadata, owner } };
      const added = addCatalogEntry('databases: {}\n', PATH, KEY, entry);
      for (const version of ['1.1', '1.2'] as const) {
        expect(
          parseYaml(added, { version }).databases.dev.orders_db.metadata.owner,
        ).toBe(owner);
      }
    },
  );

  it('treats an entry with another status and date as the same', () => {
    const text = add('databases: {}\n')
      .replace('status: pending', "status: 'active'")
      .replace('2026-11-24', '2026-01-01');
    expect(add(text)).toBe(text);
  });

  it('shows both values when they differ', () => {
    const text = add('databases: {}\n')
      .replace('owner: platform-team', 'owner: checkout-team')
      .replace('risk: medium', 'risk: high');
    expect(errorOf(() => add(text))).toEqual({
      name: 'ConflictError',
      message: `${PATH}:3:5: database "orders_db" is already in the catalog of dev with other values: owner is "checkout-team" there and "platform-team" in the request; risk is "high" there and "medium" in the request. Choose another database name, or change the entry by hand.`,
    });
  });

  it('rejects a role of another entry in the same environment only', () => {
    const other = (environment: string) =>
      addCatalogEntry(
        'databases: {}\n',
        PATH,
        { environment, databaseName: 'old_db' },
        entryOf('old_db', 'orders_user', environment),
      );
    expect(errorOf(() => add(other('dev')))).toEqual({
      name: 'ConflictError',
      message: `${PATH}:3:5: role "orders_user" already belongs to database "old_db", and "orders_db" can't have it too. Choose another database user.`,
    });
    expect(Object.keys(readCatalog(add(other('prod')), PATH))).toEqual([
      'dev',
      'prod',
    ]);
  });

  it.each([
    {
      reason: 'the older flat shape',
      text: lines('databases:', '  users_db:', '    metadata: { id: X }'),
      message:
        '2:3: this catalog has the older flat shape: "users_db" is directly under "databases". Move every entry under its environment, as databases: { <environment>: { users_db: … } }, and send the request again.',
    },
    {
      reason: 'a syntax error',
      text: lines('databases:', '  dev: ['),
      message: '3:1: ',
    },
    {
      reason: 'a duplicate key',
      text: lines('databases:', '  dev: {}', '  dev: {}'),
      message: '3:3: the key "dev" is given twice; remove one of them.',
    },
    {
      reason: 'a duplicate key inside an entry',
      text: lines('databases: {}', 'x: [{ a: 1, "a": 2 }]'),
      message: '2:13: the key "a" is given twice; remove one of them.',
    },
    {
      reason: 'two documents',
      text: lines('databases: {}', '---', 'databases: {}'),
      message: '2:1: ',
    },
    {
      reason: 'an empty file',
      text: '',
      message: '1:1: this is not a catalog; it must begin with version: "1.0".',
    },
    {
      reason: 'a list',
      text: '- a\n',
      message: '1:1: this is not a catalog',
    },
    {
      reason: 'a later version',
      text: lines('version: "2.0"', 'databases: {}'),
      message:
        '1:1: the catalog\'s version is "2.0", and only "1.0" is supported; update goldenpath-rds.',
    },
    {
      reason: 'no databases',
      text: lines('version: "1.0"'),
      message: '1:1: "databases" is missing; add databases: {}.',
    },
    {
      reason: 'databases that are a list',
      text: lines('databases: [a]'),
      message: '1:1: databases is not a map of databases.',
    },
    {
      reason: 'an environment that is a list',
      text: lines('databases:', '  dev: [a]'),
      message: '2:3: databases.dev is not a map of databases.',
    },
    {
      reason: 'an environment that is an alias',
      text: lines('x: &x {}', 'databases:', '  dev: *x'),
      message:
        '3:3: databases.dev is an alias, and a new entry would appear elsewhere too; write its databases out.',
    },
    {
      reason: 'an environment with an anchor',
      text: lines('databases:', '  dev: &d', '    a_db: {}', '  test: *d'),
      message:
        '2:3: databases.dev has the anchor &d, and a new entry would appear at its aliases too; write them out.',
    },
    {
      reason: 'databases with an anchor',
      text: lines('databases: &d', '  dev: {}'),
      message: '1:1: databases has the anchor &d',
    },
    {
      reason: 'a merge key in the environment',
      text: lines('x: &x { a_db: {} }', 'databases:', '  dev:', '    <<: *x'),
      message:
        '4:5: databases.dev has a merge key, and a new entry could hide a merged one; write its databases out',
    },
    {
      reason: 'a merge key above the environment',
      text: lines('x: &x { dev: {} }', 'databases:', '  <<: *x'),
      message: '3:3: databases has a merge key',
    },
    {
      reason: 'an unknown anchor',
      text: lines('databases:', '  dev: *nowhere'),
      message: '',
    },
  ])('rejects $reason, with its position', ({ text, message }) => {
    const error = errorOf(() => add(text));
    expect(error?.name).toBe('InputError');
    expect(error?.message).toContain(`${PATH}:${message}`);
  });

  it('adds one entry and changes nothing else; the second time nothing', () => {
    fc.assert(
      fc.property(catalogSamples, ({ text, entries, eol }) => {
        const before = parseYaml(text);
        const added = add(text);
        const after = parseYaml(added);
        expect(after.databases.dev.orders_db).toEqual(ENTRY);
        delete after.databases.dev.orders_db;
        if (!entries.dev) delete after.databases.dev;
        expect(after).toEqual(before);

        const isSorted = (all: string[]) =>
          all.every((name, i) => i === 0 || all[i - 1] < name);
        const names = (catalog: object) =>
          Object.keys(Object(catalog).dev ?? {});
        expect(isSorted(names(readCatalog(added, PATH)))).toBe(
          isSorted(names(entries)),
        );
        const kept = text.split(/\r?\n/).filter(line => !line.includes('{}'));
        const all = added.split(/\r?\n/);
        if (!text.includes('databases: {'))
          expect(
            kept.reduce((at, line) => all.indexOf(line, at) + 1 || Infinity, 0),
          ).toBeLessThan(Infinity);
        if (eol === '\r\n') expect(added).not.toMatch(/[^\r]\n/);
        else expect(added).not.toContain('\r');
        expect(add(added)).toBe(added);
      }),
      { numRuns: 200 },
    );
  });
});
