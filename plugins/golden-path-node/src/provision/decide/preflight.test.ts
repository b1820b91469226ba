import type { ObservedServer } from './observation';
import {
  describeOpenDatabases,
  fitConnections,
  isPooled,
  findServerProblems,
} from './preflight';

const server: ObservedServer = {
  version: 150018,
  versionName: '15.18',
  currentUser: 'master',
  isSuperuser: false,
  canCreateDatabases: true,
  canCreateRoles: true,
  isInRecovery: false,
  backendPid: 42,
  freeConnections: 10,
  masterLimit: -1,
  masterSessions: 1,
  lockDatabaseLimit: -1,
  lockDatabaseSessions: 1,
  superuser: 'rdsadmin',
};

describe('findServerProblems', () => {
  it.each([
    { more: {}, words: undefined, reason: 'an ordinary server' },
    {
      more: { version: 140020, versionName: '14.20' },
      words: 'PostgreSQL 14.20 is not supported',
      reason: 'too old',
    },
    {
      more: { isInRecovery: true },
      words: 'endpoint of the primary',
      reason: 'a replica',
    },
    {
      more: {
        currentUser: 'the "master"',
        canCreateDatabases: false,
        canCreateRoles: false,
      },
      words: 'ALTER ROLE "the ""master""" CREATEDB CREATEROLE;',
      reason: 'a master without CREATEDB and CREATEROLE',
    },
  ])('$reason', ({ more, words }) => {
    expect(findServerProblems({ ...server, ...more })).toEqual(
      words ? [expect.stringContaining(words)] : [],
    );
  });

  it.each([
    { canCreateDatabases: false, canCreateRoles: false, problems: 0 },
    { canCreateDatabases: true, canCreateRoles: false, problems: 1 },
    { canCreateDatabases: false, canCreateRoles: true, problems: 1 },
  ])(
    'a check takes a login that only reads, and no half a master: $problems',
    ({ problems, ...may }) => {
      expect(findServerProblems({ ...server, ...may }, true)).toHaveLength(
        problems,
      );
      expect(findServerProblems({ ...server, ...may })).toHaveLength(1);
    },
  );
});

describe('isPooled', () => {
  it.each([
    { announcedPid: 42, is: false, reason: 'the process id announced' },
    { announcedPid: 43, is: true, reason: 'another: PgBouncer, RDS Proxy' },
    { announcedPid: undefined, is: true, reason: 'none at all' },
  ])('$reason', ({ announcedPid, is }) => {
    expect(isPooled(server, announcedPid)).toBe(is);
  });
});

describe('fitConnections', () => {
  const fit = (
    more: Partial<ObservedServer>,
    run: Partial<Parameters<typeof fitConnections>[1]> = {},
  ) =>
    fitConnections(
      { ...server, ...more },
      { workers: 8, logins: 8, isApply: true, loginTest: true, ...run },
    );

  it.each<{
    reason: string;
    more: Partial<ObservedServer>;
    run?: Partial<Parameters<typeof fitConnections>[1]>;
    workers: number;
    logins: number;
    problem?: string;
    note?: string;
  }>([
    { reason: 'enough for all', more: {}, workers: 8, logins: 8 },
    {
      reason: 'one more beside the logins',
      more: { freeConnections: 8 },
      workers: 8,
      logins: 7,
      note: 'The instance has 8 free connections, so this run works on 7 at a time instead of 8. Run it with --concurrency 7, or raise max_connections, or wait until other sessions end.',
    },
    {
      reason:
        'more logins than workers leave half to the apps, which is no news',
      more: { freeConnections: 11 },
      run: { workers: 4 },
      workers: 4,
      logins: 5,
    },
    {
      reason: 'as many logins as workers, however few are free',
      more: { freeConnections: 6 },
      run: { workers: 4 },
      workers: 4,
      logins: 4,
    },
    {
      reason: 'one beside the lock is enough',
      more: { freeConnections: 1 },
      workers: 1,
      logins: 1,
      note: 'works on 1 at a time instead of 8',
    },
    {
      reason: 'none beside the lock is not',
      more: { freeConnections: 0 },
      workers: 1,
      logins: 1,
      problem:
        'The instance has 0 free connections, too few for this run: it needs one beside the lock. Raise max_connections, or wait until other sessions end.',
    },
    {
      reason: "the master's own limit (supabase #43855)",
      more: { masterLimit: 4, masterSessions: 1 },
      workers: 3,
      logins: 8,
      note: 'The master master has CONNECTION LIMIT 4 and 1 sessions, so this run works on 3 at a time instead of 8. Run it with --concurrency 3, or raise it: ALTER ROLE "master" CONNECTION LIMIT -1.',
    },
    {
      reason: 'the limit of database postgres (supabase #43855)',
      more: { lockDatabaseLimit: 3, lockDatabaseSessions: 2 },
      workers: 1,
      logins: 8,
      note: 'ALTER DATABASE postgres CONNECTION LIMIT -1',
    },
    {
      reason: 'a limit of the master that the lock uses up',
      more: { masterLimit: 1 },
      workers: 1,
      logins: 8,
      problem: 'CONNECTION LIMIT 1',
    },
    {
      reason: 'the tightest limit of all',
      more: {
        masterLimit: 9,
        lockDatabaseLimit: 3,
        freeConnections: 6,
      },
      workers: 2,
      logins: 5,
      note: 'Database postgres has CONNECTION LIMIT 3',
    },
    {
      reason: 'limits hold for no superuser',
      more: { isSuperuser: true, masterLimit: 0, lockDatabaseLimit: 0 },
      workers: 8,
      logins: 8,
    },
    {
      reason: 'a check holds no lock',
      more: { freeConnections: 5 },
      run: { isApply: false },
      workers: 5,
      logins: 5,
      note: '--concurrency 5',
    },
    {
      reason: 'a dry run without logins opens nothing',
      more: { freeConnections: 0 },
      run: { isApply: false, loginTest: false },
      workers: 1,
      logins: 1,
    },
  ])('$reason', ({ more, run, workers, logins, problem, note }) => {
    expect(fit(more, run)).toEqual({
      workers,
      logins,
      problems: problem ? [expect.stringContaining(problem)] : [],
      notes: note ? [expect.stringContaining(note)] : [],
    });
  });
});

describe('describeOpenDatabases', () => {
  it('quotes every name in the statement', () => {
    expect(describeOpenDatabases(['My "db"'])).toEqual([
      expect.stringMatching(
        /REVOKE CONNECT, TEMPORARY ON DATABASE "My ""db""" FROM PUBLIC;$/,
      ),
    ]);
  });

  it('names five and counts the rest', () => {
    const lines = describeOpenDatabases(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    expect(lines).toHaveLength(6);
    expect(lines[5]).toMatch(/^2 more unmanaged databases/);
  });
});
