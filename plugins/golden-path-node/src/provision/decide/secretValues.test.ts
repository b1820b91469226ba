import {
  readDatabaseSecret,
  readMasterSecret,
  SecretReading,
} from './secretValues';

const path = 'goldenpath/dev/users_db/postgres';
const entry = { databaseName: 'users_db', username: 'users' };
const value = {
  host: 'db.example.com',
  port: '5432',
  dbname: 'users_db',
  username: 'users',
  password: 'cAnArY',
};
const MASTER = 'goldenpath/dev/rds/master';
const endpoint = {
  host: 'db.example.com',
  hostFrom: MASTER,
  port: 5432,
  portFrom: MASTER,
};
const read = (text: string, at = endpoint) =>
  readDatabaseSecret({ path, text, versionId: 'v1' }, entry, at);

describe('readDatabaseSecret', () => {
  it('reads the password and its secret version', () => {
    expect(read(JSON.stringify({ ...value, host: 'DB.example.com.' }))).toEqual(
      {
        credentials: {
          login: 'users',
          password: 'cAnArY',
          secret: { path, versionId: 'v1' },
        },
      },
    );
  });

  it.each([
    {
      text: 'password=cAnArY',
      problems: [
        'the secret is not JSON; generate it again with terraform apply -replace.',
      ],
      reason: 'text that is not JSON',
    },
    {
      text: '"cAnArY"',
      problems: [
        'the secret is not a JSON object; generate it again with terraform apply -replace.',
      ],
      reason: 'JSON, but a string',
    },
    {
      text: JSON.stringify({ password: 'cAnArY', port: 'cAnArY' }),
      problems: [
        'host is missing; generate it again with terraform apply -replace.',
        'port: use a whole number from 1 to 65535; generate it again with terraform apply -replace.',
        'dbname is missing; generate it again with terraform apply -replace.',
        'username is missing; generate it again with terraform apply -replace.',
      ],
      reason: 'missing fields',
    },
    {
      text: JSON.stringify({ ...value, password: '' }),
      problems: [
        'password is empty; generate it again with terraform apply -replace.',
      ],
      reason: 'an empty password',
    },
    {
      text: JSON.stringify({
        ...value,
        dbname: 'other',
        username: 'someone',
        host: 'elsewhere',
        port: 5433,
      }),
      problems: [
        'dbname is "other" and should be "users_db"; correct the entry, or generate it again with terraform apply -replace.',
        'username is "someone" and should be "users"; correct the entry, or generate it again with terraform apply -replace.',
        'host is "elsewhere", and "db.example.com" in goldenpath/dev/rds/master; correct it there, or generate it again with terraform apply -replace.',
        'port is 5433, and 5432 in goldenpath/dev/rds/master; correct it there, or generate it again with terraform apply -replace.',
      ],
      reason: 'of another database',
    },
    {
      text: JSON.stringify({ ...value, password: 'cAnArY\0' }),
      problems: [
        "password has a character that PostgreSQL can't store (NUL, or half of a surrogate pair); generate it again with terraform apply -replace.",
      ],
      reason: 'a NUL',
    },
    {
      text: JSON.stringify({ ...value, password: 'cAnArY\ud800' }),
      problems: [
        "password has a character that PostgreSQL can't store (NUL, or half of a surrogate pair); generate it again with terraform apply -replace.",
      ],
      reason: 'half a character',
    },
    {
      text: JSON.stringify({ ...value, host: 'db.example.com:5432' }),
      problems: [
        'host: use a host name or an address, without a port, such as db.example.com; generate it again with terraform apply -replace.',
      ],
      reason: 'a host with its port',
    },
  ])('rejects $reason, naming its path', ({ text, problems }) => {
    expect(read(text)).toEqual({
      problems: problems.map(problem => `${path}: ${problem}`),
    });
  });
});

it('names the option that differs, not the entry', () => {
  expect(
    read(JSON.stringify(value), {
      host: 'tunnel',
      hostFrom: '--host',
      port: 5433,
      portFrom: '--port',
    }),
  ).toEqual({
    problems: [
      `${path}: host is "db.example.com", and "tunnel" in --host; give the --host that the apps use, or generate it again with terraform apply -replace.`,
      `${path}: port is 5432, and 5433 in --port; give the --port that the apps use, or generate it again with terraform apply -replace.`,
    ],
  });
});

describe('a secret that could not be read', () => {
  it.each<{
    reading: SecretReading;
    words: string;
    reason: string;
  }>([
    {
      reading: { path, problem: 'missing' },
      words: "the secret doesn't exist; create it with terraform apply.",
      reason: 'it is missing',
    },
    {
      reading: { path, problem: 'marked for deletion' },
      words: `the secret is marked for deletion; restore it with aws secretsmanager restore-secret --secret-id ${path}, or remove the entry.`,
      reason: 'it is marked for deletion',
    },
    {
      reading: { path, problem: 'unreadable', reason: 'it holds bytes.' },
      words: "can't read the secret: it holds bytes.",
      reason: 'it is not text',
    },
  ])('names the next step when $reason', ({ reading, words }) => {
    expect(readDatabaseSecret(reading, entry, undefined)).toEqual({
      problems: [`${path}: ${words}`],
    });
  });

  it("names the option for the master's secret when it is missing", () => {
    expect(readMasterSecret({ path: 'm', problem: 'missing' }, {})).toEqual({
      problems: [
        "m: the secret doesn't exist; name the master's secret with --master-secret.",
      ],
    });
  });
});

describe('readMasterSecret', () => {
  const master = (json: object, given = {}) =>
    readMasterSecret(
      { path: 'm', text: JSON.stringify(json), versionId: 'v1' },
      given,
    );

  it.each([
    {
      json: { username: 'm', password: 'p', host: 'h', port: 5433 },
      given: {},
      where: { host: 'h', port: 5433 },
      reason: 'host and port of the secret',
    },
    {
      json: { username: 'm', password: 'p' },
      given: { host: 'h' },
      where: { host: 'h', port: 5432 },
      reason: 'RDS manages it',
    },
    {
      json: { username: 'm', password: 'p', host: 'h', port: 5433 },
      given: { host: 'tunnel', port: 1 },
      where: { host: 'tunnel', port: 1 },
      reason: 'options override the secret',
    },
  ])('$reason', ({ json, given, where }) => {
    expect(master(json, given)).toMatchObject({ login: where });
  });

  it.each([
    { port: 5433, given: {}, endpoint: { port: 5433, portFrom: 'm' } },
    {
      port: 5433,
      given: { port: 7 },
      endpoint: { port: 5433, portFrom: 'm' },
    },
    {
      port: undefined,
      given: { port: 7 },
      endpoint: { port: 7, portFrom: '--port' },
    },
    {
      port: undefined,
      given: {},
      endpoint: {
        port: 5432,
        portFrom: "PostgreSQL's default, as m has none",
      },
    },
  ])('compares apps with port $endpoint', ({ port, given, ...expected }) => {
    expect(
      master({ username: 'm', password: 'p', host: 'h', port }, given),
    ).toMatchObject({ login: expected });
  });

  it.each([
    { host: 'localhost:20291', source: 'hashicorp/terraform #4996' },
    { host: 'postgres://db.example.com/x', source: 'a URL' },
    { host: '[::1]', source: 'an address as in a URL' },
    { host: 'db example', source: 'a space' },
  ])('gives $host the words of --host, without the value', ({ host }) => {
    expect(master({ username: 'm', password: 'p', host })).toEqual({
      problems: [
        'm: host: use a host name or an address, without a port, such as db.example.com; correct it there, or name another secret with --master-secret.',
      ],
    });
  });

  it('says of an empty host that it is empty', () => {
    expect(master({ username: 'm', password: 'p', host: '' })).toEqual({
      problems: [
        'm: host is empty; correct it there, or name another secret with --master-secret.',
      ],
    });
  });

  it('requires a host', () => {
    expect(master({ username: 'm', password: 'p' })).toEqual({
      problems: [expect.stringContaining('--host')],
    });
  });
});
