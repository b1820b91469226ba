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
const read = (text: string) =>
  readDatabaseSecret({ path, text, versionId: 'v1' }, entry, 'db.example.com');

describe('readDatabaseSecret', () => {
  it('gives the password and where it is from', () => {
    expect(read(JSON.stringify({ ...value, host: 'DB.example.com.' }))).toEqual(
      {
        credentials: {
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
        'the secret is not JSON; have Terraform write it anew, with apply -replace.',
      ],
      reason: 'no JSON',
    },
    {
      text: '"cAnArY"',
      problems: [
        'the secret is not a JSON object; have Terraform write it anew, with apply -replace.',
      ],
      reason: 'JSON, but a string',
    },
    {
      text: JSON.stringify({ password: 'cAnArY', port: 'cAnArY' }),
      problems: [
        'host is missing; have Terraform write it anew, with apply -replace.',
        'port: use a number; have Terraform write it anew, with apply -replace.',
        'dbname is missing; have Terraform write it anew, with apply -replace.',
        'username is missing; have Terraform write it anew, with apply -replace.',
      ],
      reason: 'half filled',
    },
    {
      text: JSON.stringify({ ...value, password: '' }),
      problems: [
        'password is empty; have Terraform write it anew, with apply -replace.',
      ],
      reason: 'an empty password',
    },
    {
      text: JSON.stringify({
        ...value,
        dbname: 'other',
        username: 'someone',
        host: 'elsewhere',
      }),
      problems: [
        'dbname is "other" and should be "users_db"; correct the entry, or have Terraform write it anew, with apply -replace.',
        'username is "someone" and should be "users"; correct the entry, or have Terraform write it anew, with apply -replace.',
        'host is "elsewhere" and should be "db.example.com"; correct the entry, or have Terraform write it anew, with apply -replace.',
      ],
      reason: 'of another database',
    },
    {
      text: JSON.stringify({ ...value, password: 'cAnArY\0' }),
      problems: [
        "password holds a character that PostgreSQL can't take (NUL, or half of a surrogate pair); have Terraform write it anew, with apply -replace.",
      ],
      reason: 'a NUL',
    },
    {
      text: JSON.stringify({ ...value, password: 'cAnArY\ud800' }),
      problems: [
        "password holds a character that PostgreSQL can't take (NUL, or half of a surrogate pair); have Terraform write it anew, with apply -replace.",
      ],
      reason: 'half a character',
    },
  ])('refuses $reason by its path', ({ text, problems }) => {
    expect(read(text)).toEqual({
      problems: problems.map(problem => `${path}: ${problem}`),
    });
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
      words: 'there is no such secret; terraform apply makes it.',
      reason: 'it is not there',
    },
    {
      reading: { path, problem: 'marked for deletion' },
      words: `the secret is marked for deletion; bring it back with aws secretsmanager restore-secret --secret-id ${path}, or take the entry out.`,
      reason: 'it waits for its deletion',
    },
    {
      reading: { path, problem: 'unreadable', reason: 'it holds bytes.' },
      words: "can't be read: it holds bytes.",
      reason: 'it is no text',
    },
  ])('says what to do where $reason', ({ reading, words }) => {
    expect(readDatabaseSecret(reading, entry, undefined)).toEqual({
      problems: [`${path}: ${words}`],
    });
  });

  it("asks for the master's, where that is missing", () => {
    expect(readMasterSecret({ path: 'm', problem: 'missing' }, {})).toEqual({
      problems: [
        "m: there is no such secret; give the one that holds the master's login with --master-secret.",
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
      reason: 'the secret says where',
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
      reason: 'what is given by hand stands above it',
    },
  ])('$reason', ({ json, given, where }) => {
    expect(master(json, given)).toMatchObject({ login: where });
  });

  it('asks for the host where nobody says it', () => {
    expect(master({ username: 'm', password: 'p' })).toEqual({
      problems: [expect.stringContaining('--host')],
    });
  });
});
