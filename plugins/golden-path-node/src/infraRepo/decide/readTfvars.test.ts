import { addTfvarsEntry } from './addTfvarsEntry';
import { readTfvars } from './readTfvars';

const PATH = 'envs/dev-rds/terraform.tfvars';
const asked = { databaseName: 'orders_db', username: 'orders_user' };
const lines = (...all: string[]) => `${all.join('\n')}\n`;
const errorOf = async (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: Error) => ({ name: error.name, message: error.message }),
  );

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
