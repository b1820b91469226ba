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
};

describe('findServerProblems', () => {
  it.each([
    { more: {}, words: undefined, reason: 'an ordinary server' },
    {
      more: { version: 140020, versionName: '14.20' },
      words: 'PostgreSQL 14.20 is too old',
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
      reason: 'a master without its rights',
    },
  ])('$reason', ({ more, words }) => {
    expect(findServerProblems({ ...server, ...more })).toEqual(
      words ? [expect.stringContaining(words)] : [],
    );
  });
});

describe('findRunProblems', () => {
  it.each([
    {
      run: { concurrency: 10, beside: 0, announcedPid: 42 },
      words: [],
      reason: 'enough of everything',
    },
    {
      run: { concurrency: 10, beside: 0, announcedPid: 43 },
      words: ['connection pooler'],
      reason: 'the process that answers is not the one that was announced',
    },
    {
      run: { concurrency: 11, beside: 0, announcedPid: 42 },
      words: [
        '10 free connections and this run would use 11. Give --concurrency 10.',
      ],
      reason: 'too few connections',
    },
    {
      run: { concurrency: 10, beside: 1, announcedPid: 42 },
      words: [
        '10 free connections and this run would use 11. Give --concurrency 9.',
      ],
      reason: 'too few connections with those beside',
    },
    {
      run: { concurrency: 1, beside: 10, announcedPid: 43 },
      words: ['connection pooler', 'Raise max_connections'],
      reason: 'everything at once',
    },
  ])('$reason', ({ run, words }) => {
    expect(findRunProblems(server, run)).toEqual(
      words.map(text => expect.stringContaining(text)),
    );
  });
});

describe('describeOpenDatabases', () => {
  it('names a statement that runs, whatever the name', () => {
    expect(describeOpenDatabases(['My "db"'])).toEqual([
      expect.stringMatching(
        /REVOKE CONNECT, TEMPORARY ON DATABASE "My ""db""" FROM PUBLIC;$/,
      ),
    ]);
  });

  it('counts those that would be too many', () => {
    const lines = describeOpenDatabases(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    expect(lines).toHaveLength(6);
    expect(lines[5]).toMatch(/^2 more databases/);
  });
});

describe('describeAbandonedRoles', () => {
  it('names those of this environment, and counts those that would be too many', () => {
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
    expect(lines[0]).toMatch(/^the role dev0 .* p\/dev\/d\/postgres/);
    expect(lines[5]).toMatch(/^2 more roles/);
  });
});
