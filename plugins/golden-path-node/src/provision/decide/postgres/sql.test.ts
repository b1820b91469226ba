import { Change } from '../change';
import { quoteIdentifier, quoteLiteral, printSql } from './sql';

const sql = (change: Change, version: number) =>
  printSql(change, { version, verifier: 'SCRAM-SHA-256$4096:s$k:v' });
const mark = { path: 'goldenpath/dev/users_db/postgres', versionId: 'v1' };
const reason = '';

describe('printSql', () => {
  it.each<[string, Change, string, number]>([
    [
      'a new role',
      {
        kind: 'create role',
        role: 'users',
        createdb: false,
        connectionLimit: -1,
        reason,
      },
      `CREATE ROLE "users" LOGIN NOCREATEDB NOCREATEROLE CONNECTION LIMIT -1 PASSWORD 'SCRAM-SHA-256$4096:s$k:v'`,
      18,
    ],
    [
      'a mark',
      { kind: 'mark role', role: 'users', mark, reason },
      `COMMENT ON ROLE "users" IS 'Managed by goldenpath-rds: secret goldenpath/dev/users_db/postgres, version v1'`,
      18,
    ],
    [
      'attributes, without naming SUPERUSER',
      {
        kind: 'alter role',
        role: 'users',
        attributes: {
          login: true,
          createdb: true,
          createrole: false,
          connectionLimit: 5,
          validUntil: 'infinity',
        },
        reason,
      },
      `ALTER ROLE "users" LOGIN CREATEDB NOCREATEROLE CONNECTION LIMIT 5 VALID UNTIL 'infinity'`,
      18,
    ],
    [
      'a password',
      { kind: 'set password', role: 'users', reason },
      `ALTER ROLE "users" PASSWORD 'SCRAM-SHA-256$4096:s$k:v'`,
      18,
    ],
    [
      'acting as the owner since 16',
      { kind: 'grant role to master', role: 'users', reason },
      'GRANT "users" TO CURRENT_USER WITH INHERIT TRUE, SET TRUE',
      16,
    ],
    [
      'acting as the owner on 15',
      { kind: 'grant role to master', role: 'users', reason },
      'GRANT "users" TO CURRENT_USER',
      15,
    ],
    [
      'a membership since 16',
      {
        kind: 'revoke membership',
        role: 'users',
        of: 'all',
        grantor: 'g',
        taken: [],
        reason,
      },
      'REVOKE "all" FROM "users" GRANTED BY "g"',
      18,
    ],
    [
      'a membership on 15',
      {
        kind: 'revoke membership',
        role: 'users',
        of: 'all',
        grantor: 'g',
        taken: [],
        reason,
      },
      'REVOKE "all" FROM "users"',
      15,
    ],
    [
      'a membership, with what the master can not revoke by name',
      {
        kind: 'revoke membership',
        role: 'users',
        of: 'all',
        grantor: 'g',
        taken: ['s in all, granted by t'],
        reason,
      },
      'REVOKE "all" FROM "users" GRANTED BY "g" CASCADE',
      18,
    ],
    [
      'a grant option',
      {
        kind: 'revoke grant option',
        database: 'users_db',
        from: 'B "b"',
        privileges: ['CONNECT', 'CREATE'],
        ends: [],
        taken: [],
        reason,
      },
      'REVOKE GRANT OPTION FOR CONNECT, CREATE ON DATABASE "users_db" FROM "B ""b""" CASCADE',
      18,
    ],
    [
      "grants of the owner's members",
      {
        kind: 'revoke as master',
        database: 'users_db',
        role: 'users',
        privilege: 'CONNECT',
        from: ['b', 'c'],
        ends: [],
        taken: [],
        reason,
      },
      'ALTER DATABASE "users_db" OWNER TO CURRENT_USER; REVOKE GRANT OPTION FOR CONNECT ON DATABASE "users_db" FROM "b" CASCADE; REVOKE GRANT OPTION FOR CONNECT ON DATABASE "users_db" FROM "c" CASCADE; ALTER DATABASE "users_db" OWNER TO "users"',
      18,
    ],
    [
      'grants of a role that lost its grant option',
      {
        kind: 'revoke as master',
        database: 'users_db',
        role: 'users',
        privilege: 'CONNECT',
        from: ['b'],
        lendsTo: 'b',
        keeps: false,
        ends: [],
        taken: [],
        reason,
      },
      'ALTER DATABASE "users_db" OWNER TO CURRENT_USER; GRANT CONNECT ON DATABASE "users_db" TO "b" WITH GRANT OPTION; REVOKE CONNECT ON DATABASE "users_db" FROM "b" CASCADE; ALTER DATABASE "users_db" OWNER TO "users"',
      18,
    ],
    [
      'grants of the master itself',
      {
        kind: 'revoke as master',
        database: 'users_db',
        role: 'users',
        privilege: 'CONNECT',
        from: [],
        ends: [],
        taken: [],
        reason,
      },
      'ALTER DATABASE "users_db" OWNER TO CURRENT_USER; REVOKE CONNECT ON DATABASE "users_db" FROM PUBLIC; ALTER DATABASE "users_db" OWNER TO "users"',
      18,
    ],
    [
      'a database',
      { kind: 'create database', database: 'users_db', role: 'users', reason },
      `CREATE DATABASE "users_db" OWNER "users" TEMPLATE template0 ENCODING 'UTF8'`,
      18,
    ],
    [
      'another owner',
      { kind: 'adopt database', database: 'users_db', role: 'users', reason },
      'ALTER DATABASE "users_db" OWNER TO "users"',
      18,
    ],
    [
      'closing',
      {
        kind: 'revoke from public',
        database: 'users_db',
        privileges: ['CONNECT', 'TEMPORARY'],
        reason,
      },
      'REVOKE CONNECT, TEMPORARY ON DATABASE "users_db" FROM PUBLIC',
      18,
    ],
    [
      'a grant',
      { kind: 'grant to owner', database: 'users_db', role: 'users', reason },
      'GRANT ALL PRIVILEGES ON DATABASE "users_db" TO "users"',
      18,
    ],
  ])('%s', (_, change, expected, version) => {
    expect(sql(change, version)).toBe(expected);
  });
});

describe('quoting', () => {
  it.each([
    { text: `x" SUPERUSER --`, quoted: `"x"" SUPERUSER --"` },
    { text: 'plain', quoted: '"plain"' },
  ])('identifier $text', ({ text, quoted }) => {
    expect(quoteIdentifier(text)).toBe(quoted);
  });

  it.each([
    { text: "it's", quoted: "'it''s'" },
    { text: "back\\slash'", quoted: " E'back\\\\slash'''" },
  ])('literal $text', ({ text, quoted }) => {
    expect(quoteLiteral(text)).toBe(quoted);
  });
});
