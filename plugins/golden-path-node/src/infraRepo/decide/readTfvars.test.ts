import fc from 'fast-check';
import { itWhen } from '../../../../../tests/support/needs';
import { isTerraformHere, terraformReads } from '../testing/terraform';
import { TfvarsSample, tfvarsSamples } from '../testing/tfvarsText';
import { addTfvarsEntry } from './addTfvarsEntry';
import { readRdsConfigEnabled } from './rdsConfig';
import { readTfvars } from './readTfvars';

const PATH = 'envs/dev-rds/terraform.tfvars';
const asked = { databaseName: 'orders_db', username: 'orders_user' };
const lines = (...all: string[]) => `${all.join('\n')}\n`;
const errorOf = async (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: Error) => ({ name: error.name, message: error.message }),
  );

describe('addTfvarsEntry', () => {
  it.each([
    {
      reason: 'into an empty map',
      before: lines('application_databases = {}'),
      after: lines(
        'application_databases = {',
        '  orders_db = {',
        '    database_name = "orders_db"',
        '    username      = "orders_user"',
        '  }',
        '}',
      ),
    },
    {
      reason: 'into an empty map with a comment, which stays',
      before: lines('application_databases = {', '  # none yet }', '}'),
      after: lines(
        'application_databases = {',
        '  # none yet }',
        '  orders_db = {',
        '    database_name = "orders_db"',
        '    username      = "orders_user"',
        '  }',
        '}',
      ),
    },
    {
      reason: 'into an empty map closed behind a comment',
      before: lines('application_databases = { /* none */ }'),
      after: lines(
        'application_databases = { /* none */ ',
        '  orders_db = {',
        '    database_name = "orders_db"',
        '    username      = "orders_user"',
        '  }',
        '}',
      ),
    },
    {
      reason: 'between two, each with its own comments; indentation as there',
      before: lines(
        'application_databases = {',
        '    # about a',
        '    a_db = {',
        '        username = "a_user"',
        '        database_name = "a_db"',
        '    } # behind a',
        '    # about z',
        '    z_db = {',
        '        username = "z_user"',
        '        database_name = "z_db"',
        '    }',
        '}',
      ),
      after: lines(
        'application_databases = {',
        '    # about a',
        '    a_db = {',
        '        username = "a_user"',
        '        database_name = "a_db"',
        '    } # behind a',
        '    orders_db = {',
        '        database_name = "orders_db"',
        '        username      = "orders_user"',
        '    }',
        '    # about z',
        '    z_db = {',
        '        username = "z_user"',
        '        database_name = "z_db"',
        '    }',
        '}',
      ),
    },
    {
      reason:
        'first, below the comment on the map and above the one on the entry',
      before: lines(
        'application_databases = { # all of them',
        '  # Keep sorted.',
        '',
        '  # about z',
        '  z_db = { database_name = "z_db", username = "z_user" }',
        '}',
      ),
      after: lines(
        'application_databases = { # all of them',
        '  # Keep sorted.',
        '',
        '  orders_db = { database_name = "orders_db", username = "orders_user" }',
        '  # about z',
        '  z_db = { database_name = "z_db", username = "z_user" }',
        '}',
      ),
    },
    {
      reason: 'with a blank line where there are blank lines',
      before: lines(
        'application_databases = {',
        '  a = {',
        '    database_name = "a_db"',
        '    username      = "a_user"',
        '  }',
        '',
        '  b = {',
        '    database_name = "b_db"',
        '    username      = "b_user"',
        '  }',
        '}',
      ),
      after: lines(
        'application_databases = {',
        '  a = {',
        '    database_name = "a_db"',
        '    username      = "a_user"',
        '  }',
        '',
        '  b = {',
        '    database_name = "b_db"',
        '    username      = "b_user"',
        '  }',
        '',
        '  orders_db = {',
        '    database_name = "orders_db"',
        '    username      = "orders_user"',
        '  }',
        '}',
      ),
    },
    {
      reason: 'all on one line',
      before:
        'application_databases = { a_db = { database_name = "a_db", username = "a_user" }, z_db = { database_name = "z_db", username = "z_user" } }',
      after:
        'application_databases = { a_db = { database_name = "a_db", username = "a_user" }, orders_db = { database_name = "orders_db", username = "orders_user" }, z_db = { database_name = "z_db", username = "z_user" } }',
    },
    {
      reason: 'first of those on one line',
      before:
        'application_databases = { "z-db" : { database_name = "z_db", username = "z_user" }, }',
      after:
        'application_databases = { orders_db = { database_name = "orders_db", username = "orders_user" }, "z-db" : { database_name = "z_db", username = "z_user" }, }',
    },
    {
      reason: 'one-liners in a column, equals signs as terraform fmt has them',
      before: lines(
        'application_databases = {',
        '  accounts_db = { database_name = "accounts_db", username = "accounts" }',
        '}',
      ),
      after: lines(
        'application_databases = {',
        '  accounts_db = { database_name = "accounts_db", username = "accounts" }',
        '  orders_db   = { database_name = "orders_db", username = "orders_user" }',
        '}',
      ),
    },
    {
      reason: 'commas between entries, none behind the last',
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
        '  orders_db = {',
        '    database_name = "orders_db"',
        '    username      = "orders_user"',
        '  }',
        '}',
      ),
    },
    {
      reason: 'CRLF',
      before: 'application_databases = {\r\n}\r\n',
      after:
        'application_databases = {\r\n  orders_db = {\r\n    database_name = "orders_db"\r\n    username      = "orders_user"\r\n  }\r\n}\r\n',
    },
    {
      reason:
        'a byte order mark, an error of the editing parser elsewhere, no last newline',
      before: '\ufefflimit=1e3\nnext=null\napplication_databases={}',
      after:
        '\ufefflimit=1e3\nnext=null\napplication_databases={\n  orders_db = {\n    database_name = "orders_db"\n    username      = "orders_user"\n  }\n}',
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
        '  orders_db    = { database_name = "orders_db", username = "orders_user" }',
        '}',
      ),
    },
  ])('$reason', async ({ before, after }) => {
    expect(await addTfvarsEntry(before, PATH, asked)).toBe(after);
    expect(await addTfvarsEntry(after, PATH, asked)).toBe(after);
  });

  it.each(['for', 'null', 'true', 'false', 'constructor', 'in0'])(
    'the database name %s, which means something elsewhere',
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

  it('leaves what a person added to the entry later', async () => {
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
      message: `${PATH}:2:3: database "orders_db" is already declared, with other values: username is "other" there and "orders_user" in the request. Choose another database name, or change the entry by hand.`,
    },
    {
      reason: 'the database under another key, which names another secret',
      entry:
        'orders = { database_name = "orders_db", username = "orders_user" }',
      message: `${PATH}:2:3: database "orders_db" is already declared, with other values: key is "orders" there and "orders_db" in the request. Choose another database name, or change the entry by hand.`,
    },
    {
      reason: 'the key for another database',
      entry:
        'orders_db = { database_name = "old_db", username = "orders_user" }',
      message: `${PATH}:2:3: database "orders_db" is already declared, with other values: database_name is "old_db" there and "orders_db" in the request. Choose another database name, or change the entry by hand.`,
    },
    {
      reason: 'the role for another database',
      entry: 'old_db = { database_name = "old_db", username = "orders_user" }',
      message: `${PATH}:2:3: role "orders_user" already belongs to database "old_db", and "orders_db" can't have it too. Choose another database user.`,
    },
  ])('refuses $reason', async ({ entry, message }) => {
    const text = lines('application_databases = {', `  ${entry}`, '}');
    expect(await errorOf(addTfvarsEntry(text, PATH, asked))).toEqual({
      name: 'ConflictError',
      message,
    });
  });

  it('refuses a value that would write more than an entry', async () => {
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

describe('readTfvars', () => {
  it('reads what stands there, in its order, with lines and defaults', async () => {
    const text = lines(
      '# commented = { database_name = "commented", username = "nobody" }',
      'application_databases = {',
      '  "dashed-key" = { username : "u_one", "database_name" = "one_db" }, /* } */',
      '  two = {',
      '    # username = "wrong"',
      '    username         = "u_two"',
      '    database_name    = "two_db"',
      '    createdb         = true',
      '    connection_limit = 7',
      '  }',
      '  three = { database_name = "three\\u005fdb", username = <<EOT',
      'u_three',
      'EOT',
      '    createdb = null',
      '  }',
      '}',
    );
    expect(await readTfvars(text, PATH)).toEqual([
      {
        key: 'dashed-key',
        databaseName: 'one_db',
        username: 'u_one',
        createdb: false,
        connectionLimit: -1,
        line: 3,
      },
      {
        key: 'two',
        databaseName: 'two_db',
        username: 'u_two',
        createdb: true,
        connectionLimit: 7,
        line: 4,
      },
      {
        key: 'three',
        databaseName: 'three_db',
        username: 'u_three\n',
        createdb: false,
        connectionLimit: -1,
        line: 11,
      },
    ]);
  });

  const map = (...entries: string[]) =>
    lines('application_databases = {', ...entries, '}');
  const fine = 'database_name = "a_db", username = "a_user"';
  it.each([
    {
      reason: 'no application_databases',
      text: 'region = "x"\n',
      message: `1:1: there is no application_databases in this file; add application_databases = {} to it.`,
    },
    {
      reason: 'an empty file',
      text: '',
      message: `1:1: there is no application_databases`,
    },
    {
      reason: 'a block',
      text: 'application_databases {\n}\n',
      message: `1:1: application_databases is written as a block; write it as a map`,
    },
    {
      reason: 'an expression',
      text: 'x = 1\napplication_databases = merge({}, {})\n',
      message: `2:25: application_databases is not a literal map`,
    },
    {
      reason: 'parentheses',
      text: 'application_databases = ({})\n',
      message: `1:25: application_databases is not a literal map`,
    },
    {
      reason: 'a for expression',
      text: 'application_databases = { for k, v in {} : k => v }\n',
      message: `1:25: application_databases is not a literal map`,
    },
    {
      reason: 'null',
      text: 'application_databases = null\n',
      message: `1:25: application_databases is not a literal map`,
    },
    {
      reason: 'a syntax error',
      text: map(`a = { database_name = "a_db" username = "a_user" }`),
      message: `2:30: Missing attribute separator. Expected a newline or comma`,
    },
    {
      reason: 'an end too early',
      text: 'application_databases = {\n',
      message: `2:1: `,
    },
    {
      reason: 'the attribute twice',
      text: 'application_databases = {}\napplication_databases = {}\n',
      message: `2:1: Attribute redefined. The argument "application_databases" was already set at ${PATH}:1,1-22.`,
    },
    {
      reason: 'JSON',
      text: '{"application_databases": {}}',
      message: `1:1: Argument or block definition required.`,
    },
    {
      reason: 'a key twice',
      text: map(`a = { ${fine} }`, `"a" = { ${fine} }`),
      message: `3:1: the key "a" is given twice, first at ${PATH}:2:1; remove one of them.`,
    },
    {
      reason: 'an attribute twice',
      text: map(`a = { ${fine}, username = "b" }`),
      message: `2:52: "a": the attribute "username" is given twice, first at ${PATH}:2:31; remove one of them.`,
    },
    {
      reason: 'an unknown attribute',
      text: map(`a = { ${fine}, access_level = "admin" }`),
      message: `2:52: "a": unknown attribute "access_level"; there are database_name, username, createdb, connection_limit.`,
    },
    {
      reason: 'a missing attribute',
      text: map(`a = { username = "x" }`),
      message: `2:1: "a": database_name is missing.`,
    },
    {
      reason: 'a value that is evaluated',
      text: map('a = { database_name = "a${1}", username = "x" }'),
      message: `2:23: "a": database_name is not a literal text; write it in quotes.`,
    },
    {
      reason: 'a variable',
      text: map('a = { database_name = var.x, username = "x" }'),
      message: `2:23: "a": database_name is not a literal text`,
    },
    {
      reason: 'a number for a text',
      text: map('a = { database_name = 5, username = "x" }'),
      message: `2:23: "a": database_name is not a literal text`,
    },
    {
      reason: 'a map for a text',
      text: map('a = { database_name = {}, username = "x" }'),
      message: `2:7: "a": database_name is not a literal text`,
    },
    {
      reason: 'an entry that is no map',
      text: map('a = "a_db"'),
      message: `2:1: "a" is not a literal map`,
    },
    {
      reason: 'a key in parentheses',
      text: map(`(a) = { ${fine} }`),
      message: `2:1: the key "(a)" is an expression`,
    },
    {
      reason: 'a key that is evaluated',
      text: map(`"a\${1}" = { ${fine} }`),
      message: `2:1: the key "\\"a\${1}\\"" is an expression`,
    },
    {
      reason: 'a key that can name no secret',
      text: map(`"a b" = { ${fine} }`),
      message: `2:1: the key "a b" can't name a secret; use letters, digits, "_" and "-".`,
    },
    {
      reason: 'createdb that is no boolean',
      text: map(`a = { ${fine}, createdb = "yes" }`),
      message: `2:52: "a": createdb must be true or false.`,
    },
    {
      reason: 'connection_limit that is no whole number',
      text: map(`a = { ${fine}, connection_limit = 1.5 }`),
      message: `2:52: "a": connection_limit must be a whole number, or -1 for no limit.`,
    },
    {
      reason: 'connection_limit below -1',
      text: map(`a = { ${fine}, connection_limit = -2 }`),
      message: `2:52: "a": connection_limit must be`,
    },
  ])('refuses $reason, with its place', async ({ text, message }) => {
    const error = await errorOf(readTfvars(text, PATH));
    expect(error?.name).toBe('InputError');
    expect(error?.message).toContain(`${PATH}:${message}`);
    expect(await errorOf(addTfvarsEntry(text, PATH, asked))).toEqual(error);
  });

  it('names everything that is wrong in the file at once, each with its place', async () => {
    const text = lines(
      'application_databases = {',
      '  a = {',
      '    username     = 5',
      '    access_level = "admin"',
      '    createdb     = "yes"',
      '  }',
      '  "b b" = { database_name = var.x, username = "x", username = "y" }',
      '  fine = { database_name = "fine", username = "fine_user" }',
      '  c = "c_db"',
      '  d = { database_name = "d_db", username = "d_user", createdb = "no" }',
      '  d = {}',
      '}',
      'environment = "prod"',
    );
    const error = await errorOf(readTfvars(text, PATH, 'dev'));
    expect(error?.message.split('\n')).toEqual([
      `${PATH}:2:3: "a": database_name is missing.`,
      `${PATH}:3:20: "a": username is not a literal text; write it in quotes.`,
      `${PATH}:4:5: "a": unknown attribute "access_level"; there are database_name, username, createdb, connection_limit.`,
      `${PATH}:5:5: "a": createdb must be true or false.`,
      `${PATH}:7:3: the key "b b" can't name a secret; use letters, digits, "_" and "-".`,
      `${PATH}:7:29: "b b": database_name is not a literal text; write it in quotes.`,
      `${PATH}:7:52: "b b": the attribute "username" is given twice, first at ${PATH}:7:36; remove one of them.`,
      `${PATH}:9:3: "c" is not a literal map; write it as c = { database_name = "…", username = "…" }.`,
      `${PATH}:11:3: the key "d" is given twice, first at ${PATH}:10:3; remove one of them.`,
      expect.stringContaining(`${PATH}:13:1: environment is "prod" here`),
    ]);
    expect(
      await errorOf(
        addTfvarsEntry(text, PATH, { ...asked, environment: 'dev' }),
      ),
    ).toEqual(error);
  });

  it.each([
    { given: '', reason: 'that is not in the file' },
    { given: 'environment = "dev"', reason: 'that is the one asked for' },
    { given: '# environment = "prod"', reason: 'in a comment' },
    {
      given: 'other = { environment = "prod" }',
      reason: 'that belongs to something else',
    },
    { given: 'environment = { name = "dev" }', reason: 'that is no name' },
  ])('takes an environment $reason', async ({ given }) => {
    const text = lines(given, 'application_databases = {}');
    expect(await readTfvars(text, PATH, 'dev')).toEqual([]);
  });

  it.each(['"prod"', '"Dev"', '""', '5', 'true', '"${var.x}"'])(
    'refuses the file of another environment, %s',
    async value => {
      const text = lines(
        '/* environment = "dev" */',
        'application_databases = {}',
        `environment = ${value}`,
      );
      expect(await errorOf(readTfvars(text, PATH, 'dev'))).toMatchObject({
        name: 'InputError',
        message: `${PATH}:3:1: environment is ${value} here, and "dev" is asked for; they must be the same, because secrets are named after the environment. Write environment = "dev", or ask for the environment that this file is of.`,
      });
      expect(await readTfvars(text, PATH)).toEqual([]);
    },
  );
});

describe('readRdsConfigEnabled', () => {
  it.each([
    { text: 'rds_config = { enabled = true, size = "x" }\n', enabled: true },
    { text: 'rds_config = { "enabled" : "true" }\n', enabled: true },
    { text: 'rds_config = { enabled = false }\n', enabled: false },
    { text: 'rds_config = {}\n', enabled: false },
    { text: 'rds_config = null\n', enabled: false },
    { text: '# rds_config = { enabled = true }\n', enabled: false },
    { text: 'other = { rds_config = { enabled = true } }\n', enabled: false },
  ])('$text is $enabled', async ({ text, enabled }) => {
    expect(await readRdsConfigEnabled(text, PATH)).toBe(enabled);
  });

  it.each([
    'rds_config = { enabled = var.x }\n',
    'rds_config {\n enabled = true\n}\n',
    'rds_config = true\n',
  ])("refuses %j, which it can't tell", async text => {
    expect(await errorOf(readRdsConfigEnabled(text, PATH))).toMatchObject({
      name: 'InputError',
      message: expect.stringContaining(`${PATH}: can't tell whether`),
    });
  });
});

describe('for every file', () => {
  const commonStart = (a: string, b: string) => {
    let i = 0;
    while (i < a.length && a[i] === b[i]) i += 1;
    return i;
  };
  const commonEnd = (a: string, b: string) => {
    let i = 0;
    while (i < a.length && a.at(-1 - i) === b.at(-1 - i)) i += 1;
    return i;
  };
  /** One stretch was put in, or that and a comma in front of it; nothing went away. */
  const isInsertionInto = (before: string, after: string) => {
    const start = commonStart(before, after);
    const end = commonEnd(before, after);
    const comma = `${before.slice(0, start)},${before.slice(start)}`;
    return (
      start + end >= before.length ||
      commonStart(comma, after) + end >= comma.length
    );
  };
  const isTaken = ({ entries }: TfvarsSample) =>
    entries.some(
      ({ key, databaseName, username }) =>
        key === asked.databaseName ||
        databaseName === asked.databaseName ||
        username === asked.username,
    );

  it('reads what is declared', async () => {
    await fc.assert(
      fc.asyncProperty(tfvarsSamples, async ({ text, entries }) => {
        const read = await readTfvars(text, PATH);
        expect(read.map(({ line, ...entry }) => entry)).toEqual(entries);
        const all = text.split('\n');
        for (const { key, line } of read) expect(all[line - 1]).toContain(key);
      }),
      { numRuns: 150 },
    );
  });

  it('adds one entry and changes nothing else, and nothing at all the second time', async () => {
    await fc.assert(
      fc.asyncProperty(
        tfvarsSamples.filter(sample => !isTaken(sample)),
        async ({ text, entries, eol }) => {
          const added = await addTfvarsEntry(text, PATH, asked);
          const keys = (await readTfvars(added, PATH)).map(({ key }) => key);
          const before = entries.map(({ key }) => key);
          expect(keys.filter(key => key !== asked.databaseName)).toEqual(
            before,
          );
          const isSorted = (all: string[]) =>
            all.every((key, i) => i === 0 || all[i - 1] < key);
          expect(isSorted(keys)).toBe(isSorted(before));
          if (entries.length > 0)
            expect(isInsertionInto(text, added)).toBe(true);
          if (eol === '\r\n') expect(added).not.toMatch(/[^\r]\n/);
          else expect(added).not.toContain('\r');
          expect(await addTfvarsEntry(added, PATH, asked)).toBe(added);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('adds in any order to the same end', async () => {
    const requests = fc.uniqueArray(
      fc.stringMatching(/^[a-z][a-z0-9_]{2,6}$/),
      { minLength: 2, maxLength: 5 },
    );
    const addAll = async (names: string[]) => {
      let text = 'application_databases = {}\n';
      for (const databaseName of names) {
        text = await addTfvarsEntry(text, PATH, {
          databaseName,
          username: `u_${databaseName}`,
        });
      }
      return text;
    };
    await fc.assert(
      fc.asyncProperty(requests, async names => {
        expect(await addAll(names)).toBe(await addAll([...names].reverse()));
      }),
      { numRuns: 30 },
    );
  });
});

const itWithTerraform = itWhen(isTerraformHere(), 'terraform');

describe('as Terraform reads it', () => {
  const ours = async (text: string) =>
    Object.fromEntries(
      (await readTfvars(text, PATH)).map(entry => [
        entry.key,
        {
          database_name: entry.databaseName,
          username: entry.username,
          createdb: entry.createdb,
          connection_limit: entry.connectionLimit,
        },
      ]),
    );

  itWithTerraform(
    'every file, before and after an entry is added',
    async () => {
      await fc.assert(
        fc.asyncProperty(tfvarsSamples, async ({ text, entries }) => {
          expect(terraformReads(text)).toEqual(await ours(text));
          const databaseName = `new_${entries.length}_database`;
          const added = await addTfvarsEntry(text, PATH, {
            databaseName,
            username: 'a_wholly_new_user',
          });
          expect(terraformReads(added)).toEqual(await ours(added));
        }),
        { numRuns: 20 },
      );
    },
  );

  /** Where we refuse what Terraform takes: its meaning or its place can't be told with certainty, or it hides a mistake. */
  const STRICTER = [
    /is an expression; write a plain or quoted name/,
    /is given twice/,
    /unknown attribute/,
    /is not a literal (text|map)/,
    /can't name a secret/,
    /(createdb|connection_limit) must be/,
    /can't be read with certainty/,
  ];

  itWithTerraform(
    'every file with a slip of the pen in it: read alike, or refused, for a known reason where Terraform takes it',
    async () => {
      const slip = fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        length: fc.constantFrom(0, 0, 1, 2, 9),
        text: fc.constantFrom(
          ...['', '{', '}', '"', ',', '=', ':', '#', '/*', '*/', '\n', '\r'],
          ...['<<E\n', '${', '%{', '\\', '(', ')', '[', '.', ';', '-', '1'],
          ...['null', ' = 1 + 1', 'é', '\u00a0', '\u2028', '\ufeff', "'"],
        ),
      });
      await fc.assert(
        fc.asyncProperty(tfvarsSamples, slip, async (sample, how) => {
          const start = sample.text.indexOf('application_databases = {');
          const at = Math.round(start + how.at * (sample.text.length - start));
          const text =
            sample.text.slice(0, at) +
            how.text +
            sample.text.slice(at + how.length);
          const theirs = terraformReads(text);
          const refused = await errorOf(readTfvars(text, PATH));
          if (!refused) {
            expect(await ours(text)).toEqual(theirs);
            return;
          }
          expect(refused.name).toBe('InputError');
          expect(refused.message).toMatch(/^envs\/[^:]+:\d+:\d+: /);
          if (theirs !== undefined)
            expect(STRICTER.some(why => why.test(refused.message))).toBe(true);
        }),
        { numRuns: 120 },
      );
    },
  );

  itWithTerraform('what it refuses, we refuse', async () => {
    for (const text of [
      'application_databases = { a.b = {} }\n',
      'application_databases = { (a) = {} }\n',
      'application_databases = { a = { database_name = "a" } }\n',
      'application_databases = {\n  a = { database_name = "a" username = "b" }\n}\n',
      'application_databases = {\n  a = { database_name = "a"; username = "b" }\n}\n',
      'application_databases {\n}\n',
      'application_databases = f({})\n',
    ]) {
      expect(terraformReads(text)).toBeUndefined();
      expect(await errorOf(readTfvars(text, PATH))).toMatchObject({
        name: 'InputError',
      });
    }
  });
});
