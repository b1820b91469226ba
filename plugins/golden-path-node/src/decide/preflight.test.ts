import type { ObservedServer } from './observation';
import { runProblems, serverProblems } from './preflight';

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

describe('serverProblems', () => {
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
      more: { canCreateDatabases: false, canCreateRoles: false },
      words: 'ALTER ROLE "master" CREATEDB CREATEROLE;',
      reason: 'a master without its rights',
    },
  ])('$reason', ({ more, words }) => {
    expect(serverProblems({ ...server, ...more })).toEqual(
      words ? [expect.stringContaining(words)] : [],
    );
  });
});

describe('runProblems', () => {
  it.each([
    {
      run: { concurrency: 10, announcedPid: 42 },
      words: undefined,
      reason: 'enough of everything',
    },
    {
      run: { concurrency: 10, announcedPid: 43 },
      words: 'connection pooler',
      reason: 'the process that answers is not the one that was announced',
    },
    {
      run: { concurrency: 11, announcedPid: 42 },
      words: '--concurrency 10',
      reason: 'too few connections',
    },
  ])('$reason', ({ run, words }) => {
    expect(runProblems(server, run)).toEqual(
      words ? [expect.stringContaining(words)] : [],
    );
  });
});
