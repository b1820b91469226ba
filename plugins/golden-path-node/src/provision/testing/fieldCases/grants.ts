import { CaseNames, FieldCase, sql, sqlOf } from './fieldCase';

/** A chain of grants of a database privilege: each of the names lends it to the next, the last to the grantee. */
const chain = (
  { database, role }: CaseNames,
  privilege: string,
  borrowers: string[],
  to: string,
) => [
  ...sql(...borrowers.map(name => `CREATE ROLE ${name} LOGIN PASSWORD 'x'`)),
  ...borrowers.flatMap((name, index) =>
    sqlOf(
      index === 0 ? role : borrowers[index - 1].replaceAll('"', ''),
      'postgres',
      `GRANT ${privilege} ON DATABASE ${database} TO ${name} WITH GRANT OPTION`,
    ),
  ),
  ...sqlOf(
    borrowers[borrowers.length - 1].replaceAll('"', ''),
    'postgres',
    `GRANT ${privilege} ON DATABASE ${database} TO ${to}`,
  ),
];

const isClosed: FieldCase['finally'] = async ({ database }, { instance }) => {
  const [{ open }] = await instance.sql(
    `SELECT count(*)::int AS open FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
      WHERE d.datname = $1 AND a.grantee = 0`,
    [database],
  );
  expect(open).toBe(0);
};

/** Row 2: grants that the owner didn't make. */
export const GRANT_CHAINS: FieldCase[] = [
  {
    row: 2,
    source: 'terraform-provider-postgresql #133',
    input: 'a borrower of CONNECT grants it to PUBLIC',
    arrange: names => chain(names, 'CONNECT', [names.other('b')], 'PUBLIC'),
    check: { exit: 2, words: [/PUBLIC/] },
    dryRun: { exit: 0, words: [/PUBLIC/] },
    apply: { exit: 0 },
    finally: isClosed,
  },
  {
    row: 2,
    source: 'terraform-provider-postgresql #197',
    input: 'a borrower of a borrower grants it to PUBLIC',
    arrange: names =>
      chain(
        names,
        'CONNECT',
        [names.other('b'), names.other('c'), names.other('d')],
        'PUBLIC',
      ),
    check: { exit: 2, words: [/PUBLIC/] },
    apply: { exit: 0 },
    finally: isClosed,
  },
  {
    row: 2,
    source: 'kind',
    input: 'borrowers with quotes in their names, TEMPORARY and CREATE',
    arrange: names => [
      ...chain(names, 'TEMPORARY', [`"${names.other('B b')}"`], 'PUBLIC'),
      ...chain(names, 'CREATE', [`"${names.other('C-c')}"`], 'PUBLIC'),
    ],
    check: { exit: 2, words: [/PUBLIC/] },
    apply: { exit: 0 },
    finally: isClosed,
  },
  {
    row: 2,
    source: 'kind',
    input: 'two borrowers and the owner grant it to PUBLIC',
    arrange: names => [
      ...chain(names, 'CONNECT', [names.other('b')], 'PUBLIC'),
      ...chain(names, 'CONNECT', [names.other('c')], 'PUBLIC'),
      ...sql(`GRANT CONNECT ON DATABASE ${names.database} TO PUBLIC`),
    ],
    check: { exit: 2 },
    apply: { exit: 0 },
    finally: isClosed,
  },
  {
    row: 2,
    source: 'kind',
    input: 'a borrower lends it to a neighbour',
    arrange: names => [
      ...sql(`CREATE ROLE ${names.other('n')} LOGIN PASSWORD 'x'`),
      ...chain(names, 'CONNECT', [names.other('b')], names.other('n')),
    ],
    check: { exit: 0, words: [/_n\b/] },
    strict: { exit: 2, words: [/_n\b/, /_b\b/] },
    apply: { exit: 0 },
  },
  {
    row: 2,
    source: 'kind',
    input: 'two borrowers lend it to each other, and one to a neighbour',
    arrange: names => {
      const lend = (from: string, to: string) =>
        sqlOf(
          from,
          'postgres',
          `GRANT CONNECT ON DATABASE ${names.database} TO ${to} WITH GRANT OPTION`,
        );
      const [b, c, n] = ['b', 'c', 'n'].map(names.other);
      return [
        ...sql(...[b, c, n].map(one => `CREATE ROLE ${one} LOGIN`)),
        ...lend(names.role, b),
        ...lend(names.role, c),
        ...lend(b, c),
        ...lend(c, b),
        ...lend(b, n),
      ];
    },
    strict: { exit: 2, words: [/_b\b/, /_c\b/] },
    apply: { exit: 0 },
    finally: async ({ database }, { instance }) => {
      expect(
        await instance.sql(
          `SELECT DISTINCT a.grantee::regrole::text AS grantee FROM pg_database d, aclexplode(d.datacl) a WHERE d.datname = $1`,
          [database],
        ),
      ).toHaveLength(1);
    },
  },
  {
    row: 2,
    source: 'kind',
    input: 'the master owns the database and has no CONNECT',
    options: { adopt: true },
    arrange: ({ database, master }) =>
      sql(
        `ALTER DATABASE ${database} OWNER TO ${master}`,
        `REVOKE CONNECT ON DATABASE ${database} FROM ${master}`,
      ),
  },
  {
    row: 2,
    source: 'kind',
    input: 'the borrower is the master',
    runAs: 'master',
    arrange: names =>
      sqlOf(
        names.role,
        'postgres',
        `GRANT CONNECT ON DATABASE ${names.database} TO ${names.master} WITH GRANT OPTION`,
      ),
    check: { exit: 0 },
    strict: { exit: 0 },
    apply: { exit: 0 },
  },
  {
    row: 2,
    source: 'kind',
    input: 'the borrower is a member of the owner role and revoked from it',
    arrange: names => [
      ...chain(names, 'CONNECT', [names.other('b')], 'PUBLIC'),
      ...sql(`GRANT ${names.role} TO ${names.other('b')}`),
    ],
    check: { exit: 2, words: [/PUBLIC/] },
    apply: { exit: 0 },
    finally: isClosed,
  },
];

/** The groups' creator is the master, so that it has ADMIN OPTION on them. */
const group = (names: CaseNames, ...more: string[]) =>
  sqlOf(names.master, 'postgres', `CREATE ROLE ${names.other('g')}`, ...more);

/** Row 3: memberships that the app role passed on. */
export const PASSED_ON: FieldCase[] = [
  {
    row: 3,
    source: 'terraform-provider-postgresql #384',
    input: 'the app role has ADMIN on a group and passed it on',
    arrange: names => [
      ...group(
        names,
        `GRANT ${names.other('g')} TO ${names.role} WITH ADMIN OPTION`,
      ),
      ...sql(`CREATE ROLE ${names.other('p')} LOGIN PASSWORD 'x'`),
      ...sqlOf(
        names.role,
        'postgres',
        `GRANT ${names.other('g')} TO ${names.other('p')}`,
      ),
    ],
    check: { exit: 2, words: [/_g\b/] },
    apply: { exit: 0, never: [/dependent privileges exist/] },
  },
  {
    row: 3,
    source: 'kind',
    input: 'it passed on ADMIN, and that was passed on',
    arrange: names => [
      ...group(
        names,
        `GRANT ${names.other('g')} TO ${names.role} WITH ADMIN OPTION`,
      ),
      ...sql(
        `CREATE ROLE ${names.other('p')} LOGIN PASSWORD 'x'`,
        `CREATE ROLE ${names.other('q')} LOGIN PASSWORD 'x'`,
      ),
      ...sqlOf(
        names.role,
        'postgres',
        `GRANT ${names.other('g')} TO ${names.other('p')} WITH ADMIN OPTION`,
      ),
      ...sqlOf(
        names.other('p'),
        'postgres',
        `GRANT ${names.other('g')} TO ${names.other('q')}`,
      ),
    ],
    check: { exit: 2, words: [/_g\b/] },
    apply: { exit: 0 },
  },
  {
    row: 3,
    source: 'kind',
    input: 'the group is of another creator',
    arrange: names => [
      ...sql(
        `CREATE ROLE ${names.other('g')}`,
        `CREATE ROLE ${names.other('p')} LOGIN PASSWORD 'x'`,
        `GRANT ${names.other('g')} TO ${names.role} WITH ADMIN OPTION`,
      ),
      ...sqlOf(
        names.role,
        'postgres',
        `GRANT ${names.other('g')} TO ${names.other('p')}`,
      ),
    ],
    check: { exit: 2, words: [/_g\b/] },
  },
  {
    row: 3,
    source: 'kind',
    input: 'members of two grantors, one without INHERIT',
    since: 16,
    arrange: names => [
      ...group(
        names,
        `GRANT ${names.other('g')} TO ${names.role} WITH ADMIN OPTION`,
      ),
      ...sql(
        `CREATE ROLE ${names.other('p')} LOGIN PASSWORD 'x'`,
        `GRANT ${names.other('g')} TO ${
          names.role
        } WITH INHERIT FALSE, SET FALSE`,
      ),
      ...sqlOf(
        names.role,
        'postgres',
        `GRANT ${names.other('g')} TO ${names.other('p')} WITH INHERIT FALSE`,
      ),
    ],
    check: { exit: 2, words: [/_g\b/] },
  },
  {
    row: 3,
    source: 'kind',
    input: 'a predefined role',
    arrange: names => sql(`GRANT pg_read_all_data TO ${names.role}`),
    check: { exit: 2, words: [/pg_read_all_data/] },
  },
  {
    row: 3,
    source: 'kind',
    input: 'it passed on what it has from two groups, in a circle of grantors',
    arrange: names => [
      ...sqlOf(
        names.master,
        'postgres',
        `CREATE ROLE ${names.other('g')}`,
        `CREATE ROLE ${names.other('h')}`,
        `GRANT ${names.other('g')} TO ${names.role} WITH ADMIN OPTION`,
        `GRANT ${names.other('h')} TO ${names.role} WITH ADMIN OPTION`,
      ),
      ...sql(`CREATE ROLE ${names.other('p')} LOGIN PASSWORD 'x'`),
      ...sqlOf(
        names.role,
        'postgres',
        `GRANT ${names.other('g')} TO ${names.other('h')}`,
        `GRANT ${names.other('h')} TO ${names.other('p')} WITH ADMIN OPTION`,
      ),
    ],
    check: { exit: 2, words: [/_g\b/, /_h\b/] },
    apply: { exit: 0 },
  },
];
