import { addTfvarsEntry } from './addTfvarsEntry';
import { asked, errorOf, lines, PATH } from '../testing/tfvarsFile';
import { readTfvars } from './readTfvars';

describe('readTfvars', () => {
  it('reads entries in file order, with lines and defaults', async () => {
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
      message: `1:1: application_databases is missing; add application_databases = {}.`,
    },
    {
      reason: 'an empty file',
      text: '',
      message: `1:1: application_databases is missing`,
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
      reason: 'a missing end',
      text: 'application_databases = {\n',
      message: `2:1: `,
    },
    {
      reason: 'a duplicate application_databases',
      text: 'application_databases = {}\napplication_databases = {}\n',
      message: `2:1: Attribute redefined. The argument "application_databases" was already set at ${PATH}:1,1-22.`,
    },
    {
      reason: 'JSON',
      text: '{"application_databases": {}}',
      message: `1:1: Argument or block definition required.`,
    },
    {
      reason: 'a duplicate key',
      text: map(`a = { ${fine} }`, `"a" = { ${fine} }`),
      message: `3:1: the key "a" is given twice, first at ${PATH}:2:1; remove one of them.`,
    },
    {
      reason: 'a duplicate attribute',
      text: map(`a = { ${fine}, username = "b" }`),
      message: `2:52: "a": the attribute "username" is given twice, first at ${PATH}:2:31; remove one of them.`,
    },
    {
      reason: 'an unknown attribute',
      text: map(`a = { ${fine}, access_level = "admin" }`),
      message: `2:52: "a": unknown attribute "access_level"; use database_name, username, createdb, connection_limit.`,
    },
    {
      reason: 'a missing attribute',
      text: map(`a = { username = "x" }`),
      message: `2:1: "a": database_name is missing.`,
    },
    {
      reason: 'an interpolated value',
      text: map('a = { database_name = "a${1}", username = "x" }'),
      message: `2:23: "a": database_name is not a literal text; write it in quotes.`,
    },
    {
      reason: 'a variable',
      text: map('a = { database_name = var.x, username = "x" }'),
      message: `2:23: "a": database_name is not a literal text`,
    },
    {
      reason: 'a number instead of text',
      text: map('a = { database_name = 5, username = "x" }'),
      message: `2:23: "a": database_name is not a literal text`,
    },
    {
      reason: 'a map instead of text',
      text: map('a = { database_name = {}, username = "x" }'),
      message: `2:7: "a": database_name is not a literal text`,
    },
    {
      reason: 'an entry that is not a map',
      text: map('a = "a_db"'),
      message: `2:1: "a" is not a literal map`,
    },
    {
      reason: 'a key in parentheses',
      text: map(`(a) = { ${fine} }`),
      message: `2:1: the key "(a)" is an expression`,
    },
    {
      reason: 'an interpolated key',
      text: map(`"a\${1}" = { ${fine} }`),
      message: `2:1: the key "\\"a\${1}\\"" is an expression`,
    },
    {
      reason: 'a key that is not allowed in a secret name',
      text: map(`"a b" = { ${fine} }`),
      message: `2:1: the key "a b" is not allowed: it names a secret; use letters, digits, "_" and "-".`,
    },
    {
      reason: 'createdb that is not a boolean',
      text: map(`a = { ${fine}, createdb = "yes" }`),
      message: `2:52: "a": createdb must be true or false.`,
    },
    {
      reason: 'connection_limit that is not a whole number',
      text: map(`a = { ${fine}, connection_limit = 1.5 }`),
      message: `2:52: "a": connection_limit must be a whole number, or -1 for no limit.`,
    },
    {
      reason: 'connection_limit below -1',
      text: map(`a = { ${fine}, connection_limit = -2 }`),
      message: `2:52: "a": connection_limit must be`,
    },
  ])('rejects $reason, with its position', async ({ text, message }) => {
    const error = await errorOf(readTfvars(text, PATH));
    expect(error?.name).toBe('InputError');
    expect(error?.message).toContain(`${PATH}:${message}`);
    expect(await errorOf(addTfvarsEntry(text, PATH, asked))).toEqual(error);
  });

  it('reports all problems at once, each with its position', async () => {
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
      `${PATH}:4:5: "a": unknown attribute "access_level"; use database_name, username, createdb, connection_limit.`,
      `${PATH}:5:5: "a": createdb must be true or false.`,
      `${PATH}:7:3: the key "b b" is not allowed: it names a secret; use letters, digits, "_" and "-".`,
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
      reason: 'of another attribute',
    },
    { given: 'environment = { name = "dev" }', reason: 'that is no name' },
  ])('accepts an environment $reason', async ({ given }) => {
    const text = lines(given, 'application_databases = {}');
    expect(await readTfvars(text, PATH, 'dev')).toEqual([]);
  });

  it.each(['"prod"', '"Dev"', '""', '5', 'true', '"${var.x}"'])(
    'rejects the file of another environment, %s',
    async value => {
      const text = lines(
        '/* environment = "dev" */',
        'application_databases = {}',
        `environment = ${value}`,
      );
      expect(await errorOf(readTfvars(text, PATH, 'dev'))).toMatchObject({
        name: 'InputError',
        message: `${PATH}:3:1: environment is ${value} here, but "dev" is requested; secrets are named after it, so both must be equal. Write environment = "dev", or request the environment of this file.`,
      });
      expect(await readTfvars(text, PATH)).toEqual([]);
    },
  );
});
