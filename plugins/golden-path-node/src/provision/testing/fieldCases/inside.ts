import { CaseNames, FieldCase, sql, sqlOf } from './fieldCase';

const canRead =
  (relation: string): FieldCase['finally'] =>
  async ({ role, password, database }, { instance }) => {
    await expect(
      instance.as(
        { username: role, password },
        database,
        `SELECT * FROM ${relation}`,
      ),
    ).resolves.toBeDefined();
  };

/** A database that the master made, with objects. */
const takenOver = (names: CaseNames, ...objects: string[]) => [
  ...sqlOf(names.master, 'postgres', `CREATE DATABASE ${names.database}`),
  ...sqlOf(names.master, names.database, ...objects),
];

/** Row 10: objects of another owner inside. */
export const OBJECTS: FieldCase[] = [
  {
    row: 10,
    source: 'knex-db-manager #50',
    input: 'the master owns the tables',
    isNew: true,
    options: { adopt: true },
    arrange: names =>
      takenOver(
        names,
        'CREATE SCHEMA app',
        'CREATE TABLE app.orders (id serial PRIMARY KEY)',
        'CREATE VIEW app.recent AS SELECT * FROM app.orders',
      ),
    dryRun: { exit: 0, words: [/table|object|relation/i] },
    apply: { exit: 0 },
    finally: canRead('app.recent'),
  },
  {
    row: 10,
    source: 'ldap2pg #398',
    input: 'a third role owns a table',
    options: { adopt: true },
    arrange: names => [
      ...sql(`CREATE ROLE ${names.other('t')}`),
      ...sqlOf(
        undefined,
        names.database,
        `CREATE TABLE public.theirs (id int)`,
        `ALTER TABLE public.theirs OWNER TO ${names.other('t')}`,
      ),
    ],
    check: { exit: 0, words: [/_t\b/] },
    finally: canRead('public.theirs'),
  },
  {
    row: 10,
    source: 'kind',
    input: "another app's role owns a schema",
    arrange: ({ database, other }) =>
      sqlOf(
        undefined,
        database,
        `CREATE ROLE ${other('n')}`,
        `COMMENT ON ROLE ${other(
          'n',
        )} IS 'Managed by goldenpath-rds: secret goldenpath/prod/elsewhere/postgres, version v1'`,
        `CREATE SCHEMA theirs AUTHORIZATION ${other('n')}`,
      ),
    check: { exit: 0, words: [/_n, owns 1 schema/], never: [/GRANT "/] },
    apply: { exit: 0 },
  },
  {
    row: 10,
    source: 'kind',
    input: 'functions, types, sequences and large objects of the master',
    isNew: true,
    options: { adopt: true },
    arrange: names =>
      takenOver(
        names,
        'CREATE SCHEMA app',
        `CREATE TYPE app.state AS ENUM ('new')`,
        'CREATE SEQUENCE app.numbers',
        `CREATE FUNCTION app.one() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
        `SELECT lo_create(0)`,
        'CREATE MATERIALIZED VIEW app.ones AS SELECT app.one()',
      ),
    apply: { exit: 0 },
    finally: canRead('app.ones'),
  },
  {
    row: 10,
    source: 'kind',
    input: "the master's objects in another database stay",
    isNew: true,
    options: { adopt: true },
    arrange: names => [
      ...takenOver(names, 'CREATE TABLE public.x (id int)'),
      ...sqlOf(names.master, 'postgres', `CREATE DATABASE ${names.other('e')}`),
      ...sqlOf(names.master, names.other('e'), 'CREATE SCHEMA kept'),
    ],
    apply: { exit: 0 },
    finally: async ({ other, master }, { instance }) => {
      const [{ owner }] = await instance.sql(
        `SELECT pg_get_userbyid(datdba)::text AS owner FROM pg_database WHERE datname = $1`,
        [other('e')],
      );
      expect(owner).toBe(master);
    },
  },
  {
    row: 10,
    source: 'kind',
    input: "the database is the app role's, the tables are of its former name",
    options: { adopt: true },
    arrange: names => [
      ...sql(`CREATE ROLE ${names.other('f')} NOLOGIN`),
      ...sqlOf(
        undefined,
        names.database,
        `CREATE SCHEMA old AUTHORIZATION ${names.other('f')}`,
      ),
      ...sqlOf(
        names.other('f'),
        names.database,
        'CREATE TABLE old.rows (id int)',
      ),
    ],
    check: { exit: 0, words: [/_f\b/] },
    finally: canRead('old.rows'),
  },
];

/** Row 11: who else gets in. */
export const OTHERS: FieldCase[] = [
  {
    row: 11,
    source: 'crossplane provider-sql #189',
    input: 'a neighbour has CONNECT by name',
    arrange: names => [
      ...sql(`CREATE ROLE ${names.other('n')} LOGIN PASSWORD 'x'`),
      ...sqlOf(
        names.role,
        'postgres',
        `GRANT CONNECT ON DATABASE ${names.database} TO ${names.other('n')}`,
      ),
    ],
    check: { exit: 0, words: [/_n\b/, /CONNECT/] },
    strict: { exit: 2, words: [/_n\b/, /REVOKE/] },
    apply: { exit: 0, words: [/_n\b/] },
  },
  {
    row: 11,
    source: 'terraform-provider-postgresql #609',
    input: 'a person is a member of the owner role',
    arrange: names => [
      ...sql(`CREATE ROLE ${names.other('p')} LOGIN PASSWORD 'x'`),
      ...sqlOf(
        names.master,
        'postgres',
        `GRANT ${names.role} TO ${names.other('p')}`,
      ),
    ],
    check: { exit: 0, words: [/_p\b/, /member/] },
    strict: { exit: 2, words: [/_p\b/, /REVOKE/] },
    apply: { exit: 0 },
  },
  {
    row: 11,
    source: 'kind',
    input: 'a person is a member of the master',
    arrange: names =>
      sql(
        `CREATE ROLE ${names.other('p')} LOGIN PASSWORD 'x'`,
        `GRANT ${names.master} TO ${names.other('p')}`,
      ),
    check: { exit: 0, words: [/_p\b/, /member/] },
    strict: { exit: 2, words: [/_p\b/, /REVOKE/] },
  },
  {
    row: 11,
    source: 'kind',
    input: 'a person is a member of a group that is a member of the owner role',
    arrange: names => [
      ...sql(
        `CREATE ROLE ${names.other('p')} LOGIN PASSWORD 'x'`,
        `CREATE ROLE ${names.other('g')}`,
        `GRANT ${names.other('g')} TO ${names.other('p')}`,
      ),
      ...sqlOf(
        names.master,
        'postgres',
        `GRANT ${names.role} TO ${names.other('g')}`,
      ),
    ],
    check: { exit: 0, words: [/_g\b/] },
    strict: { exit: 2, words: [/_g\b/] },
  },
  {
    row: 11,
    source: 'kind',
    input: 'a person may only SET ROLE, or only grant it',
    since: 16,
    arrange: names => [
      ...sql(
        `CREATE ROLE ${names.other('p')} LOGIN PASSWORD 'x'`,
        `CREATE ROLE ${names.other('q')} LOGIN PASSWORD 'x'`,
      ),
      ...sqlOf(
        names.master,
        'postgres',
        `GRANT ${names.role} TO ${names.other(
          'p',
        )} WITH INHERIT FALSE, SET TRUE`,
        `GRANT ${names.role} TO ${names.other(
          'q',
        )} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`,
      ),
    ],
    strict: { exit: 2, words: [/_p\b/, /_q\b/] },
  },
  {
    row: 11,
    source: 'kind',
    input: 'the login that a rotation added is a member of the owner role',
    arrange: names =>
      sqlOf(
        names.master,
        'postgres',
        `CREATE ROLE ${names.role}_clone LOGIN PASSWORD 'x' IN ROLE ${names.role}`,
        `ALTER ROLE ${names.role}_clone SET role = '${names.role}'`,
        `COMMENT ON ROLE ${names.role}_clone IS 'Managed by goldenpath-rds: secret goldenpath/dev/${names.database}/postgres, version v0, clone of ${names.role}'`,
      ),
    check: { exit: 0, never: [/_clone/] },
  },
  {
    row: 11,
    source: 'kind',
    input: 'a login with the name of a second one, that no rotation made',
    arrange: names =>
      sqlOf(
        names.master,
        'postgres',
        `CREATE ROLE ${names.role}_clone LOGIN PASSWORD 'x' IN ROLE ${names.role}`,
      ),
    check: { exit: 0, words: [/_clone has the name of the second login/] },
    strict: { exit: 2, words: [/_clone/] },
  },
  {
    row: 11,
    source: 'kind',
    input: 'default privileges give what is created to another',
    arrange: names => [
      ...sql(`CREATE ROLE ${names.other('r')} LOGIN PASSWORD 'x'`),
      ...sqlOf(
        names.role,
        names.database,
        `ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ${names.other(
          'r',
        )}`,
      ),
    ],
    check: { exit: 0, words: [/default privileges/i, /_r\b/] },
  },
  {
    row: 11,
    source: 'kind',
    input: 'another may create in schema public, by name',
    arrange: names => [
      ...sql(`CREATE ROLE ${names.other('r')} LOGIN PASSWORD 'x'`),
      ...sqlOf(
        names.role,
        names.database,
        `GRANT CREATE, USAGE ON SCHEMA public TO ${names.other('r')}`,
      ),
    ],
  },
  {
    row: 11,
    source: 'kind',
    input: 'a neighbour may make temporary tables only',
    arrange: names => [
      ...sql(`CREATE ROLE ${names.other('n')} LOGIN PASSWORD 'x'`),
      ...sqlOf(
        names.role,
        'postgres',
        `GRANT TEMPORARY ON DATABASE ${names.database} TO ${names.other('n')}`,
      ),
    ],
    check: { exit: 0, words: [/_n\b/] },
  },
];
