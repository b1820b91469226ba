import { addTfvarsEntry } from './addTfvarsEntry';
import { asked, errorOf, lines, PATH } from '../testing/tfvarsFile';
import { inserted } from '../testing/inserted';
import { readTfvars } from './readTfvars';

const block = (key: string, name = key) => [
  `  ${key} = {`,
  `    database_name = "${name}_db"`,
  `    username      = "${name}_user"`,
  '  }',
];

const NEW = [
  '  orders_db = {',
  '    database_name    = "orders_db"',
  '    username         = "orders_user"',
  '    connection_limit = 100',
  '  }',
];

describe('addTfvarsEntry', () => {
  it.each([
    {
      reason: 'into an empty map',
      before: lines('application_databases = {}'),
      after: lines('application_databases = {', ...NEW, '}'),
    },
    {
      reason: 'into an empty map with a comment, which stays',
      before: lines('application_databases = {', '  # none yet }', '}'),
      after: lines('application_databases = {', '  # none yet }', ...NEW, '}'),
    },
    {
      reason: 'into an empty map closed after a comment',
      before: lines('application_databases = { /* none */ }'),
      after: lines('application_databases = { /* none */ ', ...NEW, '}'),
    },
    {
      reason: 'between two with comments; same indentation',
      ...inserted(
        [
          '    orders_db = {',
          '        database_name    = "orders_db"',
          '        username         = "orders_user"',
          '        connection_limit = 100',
          '    }',
        ],
        there =>
          lines(
            'application_databases = {',
            '    # about a',
            '    a_db = {',
            '        username = "a_user"',
            '        database_name = "a_db"',
            '    } # behind a',
            ...there,
            '    # about z',
            '    z_db = {',
            '        username = "z_user"',
            '        database_name = "z_db"',
            '    }',
            '}',
          ),
      ),
    },
    {
      reason:
        'first, below the comment on the map and above the one on the entry',
      ...inserted(
        [
          '  orders_db = { database_name = "orders_db", username = "orders_user", connection_limit = 100 }',
        ],
        there =>
          lines(
            'application_databases = { # all of them',
            '  # Keep sorted.',
            '',
            ...there,
            '  # about z',
            '  z_db = { database_name = "z_db", username = "z_user" }',
            '}',
          ),
      ),
    },
    {
      reason: 'with a blank line where there are blank lines',
      ...inserted(['', ...NEW], there =>
        lines(
          'application_databases = {',
          ...block('a'),
          '',
          ...block('b'),
          ...there,
          '}',
        ),
      ),
    },
    {
      reason: 'all on one line',
      before:
        'application_databases = { a_db = { database_name = "a_db", username = "a_user" }, z_db = { database_name = "z_db", username = "z_user" } }',
      after:
        'application_databases = { a_db = { database_name = "a_db", username = "a_user" }, orders_db = { database_name = "orders_db", username = "orders_user", connection_limit = 100 }, z_db = { database_name = "z_db", username = "z_user" } }',
    },
    {
      reason: 'first of those on one line',
      before:
        'application_databases = { "z-db" : { database_name = "z_db", username = "z_user" }, }',
      after:
        'application_databases = { orders_db = { database_name = "orders_db", username = "orders_user", connection_limit = 100 }, "z-db" : { database_name = "z_db", username = "z_user" }, }',
    },
    {
      reason:
        'consecutive one-liners, equals signs aligned as by terraform fmt',
      before: lines(
        'application_databases = {',
        '  accounts_db = { database_name = "accounts_db", username = "accounts" }',
        '}',
      ),
      after: lines(
        'application_databases = {',
        '  accounts_db = { database_name = "accounts_db", username = "accounts" }',
        '  orders_db   = { database_name = "orders_db", username = "orders_user", connection_limit = 100 }',
        '}',
      ),
    },
    {
      reason: 'commas between entries, none after the last',
      before: lines(
        'application_databases = {',
        '  a = { database_name = "a_db", username = "a_user" },',
        '  b = { database_name = "b_db", username = "b_user" } # last',
        '}',
      ),
      after: lines(
        'application_databases = {',
        '  a = { database_name = "a_db", username = "a_user" },',
        '  b = { database_name = "b_db", username = "b_user" }, # last',
        ...NEW,
        '}',
      ),
    },
    {
      reason: 'CRLF',
      before: 'application_databases = {\r\n}\r\n',
      after:
        'application_databases = {\r\n  orders_db = {\r\n    database_name    = "orders_db"\r\n    username         = "orders_user"\r\n    connection_limit = 100\r\n  }\r\n}\r\n',
    },
    {
      reason:
        'a byte order mark, an error of the editing parser elsewhere, no last newline',
      before: '\ufefflimit=1e3\nnext=null\napplication_databases={}',
      after:
        '\ufefflimit=1e3\nnext=null\napplication_databases={\n  orders_db = {\n    database_name    = "orders_db"\n    username         = "orders_user"\n    connection_limit = 100\n  }\n}',
    },
    {
      reason:
        'the same database under another name in a comment, a text and another map',
      before: lines(
        '# orders_db = { database_name = "orders_db" }',
        'note = "application_databases = { orders_db = {} }"',
        'other = { orders_db = { database_name = "orders_db", username = "x" } }',
        'application_databases = {',
        '  my_orders_db = { database_name = "my_orders_db", username = "my_orders" }',
        '}',
      ),
      after: lines(
        '# orders_db = { database_name = "orders_db" }',
        'note = "application_databases = { orders_db = {} }"',
        'other = { orders_db = { database_name = "orders_db", username = "x" } }',
        'application_databases = {',
        '  my_orders_db = { database_name = "my_orders_db", username = "my_orders" }',
        '  orders_db    = { database_name = "orders_db", username = "orders_user", connection_limit = 100 }',
        '}',
      ),
    },
  ])('$reason', async ({ before, after }) => {
    expect(await addTfvarsEntry(before, PATH, asked)).toBe(after);
    expect(await addTfvarsEntry(after, PATH, asked)).toBe(after);
  });

  it.each(['for', 'null', 'true', 'false', 'constructor', 'in0'])(
    'accepts the database name %s, a keyword elsewhere',
    async databaseName => {
      const added = await addTfvarsEntry('application_databases = {}\n', PATH, {
        databaseName,
        username: 'some_user',
      });
      expect(await readTfvars(added, PATH)).toMatchObject([
        { key: databaseName, databaseName, username: 'some_user' },
      ]);
      expect(
        await addTfvarsEntry(added, PATH, {
          databaseName,
          username: 'some_user',
        }),
      ).toBe(added);
    },
  );

  it('keeps attributes that a person added later', async () => {
    const text = lines(
      'application_databases = {',
      '  orders_db = {',
      '    database_name    = "orders_db"',
      '    username         = "orders_user"',
      '    connection_limit = 20',
      '  }',
      '}',
    );
    expect(await addTfvarsEntry(text, PATH, asked)).toBe(text);
  });

  it.each([
    {
      reason: 'the database with another role',
      entry: 'orders_db = { database_name = "orders_db", username = "other" }',
      message: `${PATH}:2:3: database "orders_db" is already declared with other values: username is "other" there and "orders_user" in the request. Choose another database name, or change the entry by hand.`,
    },
    {
      reason: 'the database under another key, which names another secret',
      entry:
        'orders = { database_name = "orders_db", username = "orders_user" }',
      message: `${PATH}:2:3: database "orders_db" is already declared with other values: key is "orders" there and "orders_db" in the request. Choose another database name, or change the entry by hand.`,
    },
    {
      reason: 'the key for another database',
      entry:
        'orders_db = { database_name = "old_db", username = "orders_user" }',
      message: `${PATH}:2:3: database "orders_db" is already declared with other values: database_name is "old_db" there and "orders_db" in the request. Choose another database name, or change the entry by hand.`,
    },
    {
      reason: 'the role for another database',
      entry: 'old_db = { database_name = "old_db", username = "orders_user" }',
      message: `${PATH}:2:3: role "orders_user" already belongs to database "old_db", and "orders_db" can't have it too. Choose another database user.`,
    },
  ])('rejects $reason', async ({ entry, message }) => {
    const text = lines('application_databases = {', `  ${entry}`, '}');
    expect(await errorOf(addTfvarsEntry(text, PATH, asked))).toEqual({
      name: 'ConflictError',
      message,
    });
  });

  it('rejects a value that would write more than an entry', async () => {
    const breakout = {
      databaseName: 'orders_db',
      username: 'x" }\n evil = { database_name = "evil", username = "y',
    };
    const error = await errorOf(
      addTfvarsEntry('application_databases = {}\n', PATH, breakout),
    );
    expect(error).toMatchObject({ name: 'InputError' });
    expect(error?.message).toMatch(/^envs\/dev-rds\/terraform.tfvars:1:25: /);
  });
});
