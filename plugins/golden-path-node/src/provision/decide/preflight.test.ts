import type { ObservedServer } from './observation';
import {
  describeAbandonedRoles,
  describeOpenDatabases,
  findRunProblems,
  findServerProblems,
} from './preflight';
import { printMark } from './mark';

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

describe('findRunProblems', () => {
  it.each([
    {
      run: { concurrency: 10, beside: 0, announcedPid: 42 },
      words: [],
      reason: 'enough connections, no pooler',
    },
    {
      run: { concurrency: 10, beside: 0, announcedPid: 43 },
      words: ['connection pooler'],
      reason: 'another process id than announced: a pooler',
    },
    {
      run: { concurrency: 11, beside: 0, announcedPid: 42 },
      words: [
        '10 free connections, and this run uses 11. Run it with --concurrency 10.',
      ],
      reason: 'too few connections',
    },
    {
      run: { concurrency: 10, beside: 1, announcedPid: 42 },
      words: [
        '10 free connections, and this run uses 11. Run it with --concurrency 9.',
      ],
      reason: 'too few connections, one of them for the lock',
    },
    {
      run: { concurrency: 1, beside: 10, announcedPid: 43 },
      words: ['connection pooler', 'Raise max_connections'],
      reason: 'all problems at once',
    },
  ])('$reason', ({ run, words }) => {
    expect(findRunProblems(server, run)).toEqual(
      words.map(text => expect.stringContaining(text)),
    );
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

describe('describeAbandonedRoles', () => {
  it('names five of this environment and counts the rest', () => {
    const marked = (environment: string) => (_: unknown, n: number) => ({
      name: `${environment}${n}`,
      comment: printMark({
        path: `p/${environment}/d/postgres`,
        versionId: 'v',
      }),
    });
    const lines = describeAbandonedRoles(
      [
        ...Array.from({ length: 3 }, marked('prod')),
        ...Array.from({ length: 7 }, marked('dev')),
      ],
      path => path.startsWith('p/dev/'),
    );
    expect(lines).toHaveLength(6);
    expect(lines[0]).toMatch(/^role dev0, .* p\/dev\/d\/postgres/);
    expect(lines[5]).toMatch(/^2 more managed roles/);
  });
});
