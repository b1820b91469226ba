import { printMark } from './mark';
import {
  describeLocked,
  describeUndeclared,
  findRetireRefusal,
  findUnknownNames,
  isLocked,
  limitUndeclared,
  MarkedRole,
  printRetirement,
  selectNamed,
  selectRetirements,
} from './retire';
import type { ObservedServer } from './observation';

const marked = (
  name: string,
  more: Partial<MarkedRole> & { path?: string; cloneOf?: string } = {},
): MarkedRole => {
  const { path = `p/dev/${name}_db/postgres`, cloneOf, ...role } = more;
  return {
    name,
    comment: printMark({ path, versionId: 'v', cloneOf }),
    canLogin: true,
    sessions: 0,
    databases: [`${name}_db`],
    hasPowers: false,
    isMaster: false,
    isOursToAlter: true,
    maySignal: true,
    ...role,
  };
};
const isDev = (path: string) => path.startsWith('p/dev/');
const SERVER = { currentUser: 'master' } as ObservedServer;

describe('selectRetirements', () => {
  it.each([
    { reason: 'a role without an entry', role: marked('a'), selected: true },
    { reason: 'a declared role', role: marked('kept'), selected: false },
    {
      reason: 'the second login of a declared role',
      role: marked('kept_clone', { cloneOf: 'kept' }),
      selected: false,
    },
    {
      reason: 'the second login of a role without an entry',
      role: marked('a_clone', { cloneOf: 'a' }),
      selected: true,
    },
    {
      reason: 'another environment on the same instance',
      role: marked('a', { path: 'p/prod/a_db/postgres' }),
      selected: false,
    },
    {
      reason: 'another prefix',
      role: marked('a', { path: 'q/dev/a_db/postgres' }),
      selected: false,
    },
    {
      reason: 'a comment that is no mark of ours',
      role: {
        ...marked('a'),
        comment: 'Managed by goldenpath-rds: secret p/dev/a_db/postgres',
      },
      selected: false,
    },
  ])('$reason: $selected', ({ role, selected }) => {
    expect(
      selectRetirements([role], isDev, [
        { databaseName: 'kept_db', username: 'kept' },
      ]),
    ).toHaveLength(selected ? 1 : 0);
  });

  it.each([
    { databases: ['mine'], database: 'mine' },
    { databases: [], database: 'key' },
    { databases: ['one', 'two'], database: 'key' },
  ])('names the database: $databases', ({ databases, database }) => {
    const roles = [
      marked('a', { databases, path: 'p/dev/key/postgres' }),
      marked('a_clone', {
        databases: [],
        cloneOf: 'a',
        path: 'p/dev/key/postgres',
      }),
    ];
    expect(
      selectRetirements(roles, isDev, []).map(one => one.database),
    ).toEqual([database, database]);
  });
});

describe('the databases that are named', () => {
  const found = selectRetirements(
    [
      marked('old'),
      marked('old_clone', { databases: [], cloneOf: 'old' }),
      marked('newer'),
      marked('gone', { canLogin: false }),
      // Its database has an entry with another role.
      marked('former', { databases: ['live_db'] }),
    ],
    isDev,
    [{ databaseName: 'live_db', username: 'live' }],
  );

  it.each<{ names: string[]; roles: string[]; unknown?: string }>([
    { names: [], roles: [] },
    { names: ['old_db'], roles: ['old', 'old_clone'] },
    { names: ['old_db', 'newer_db'], roles: ['old', 'old_clone', 'newer'] },
    { names: ['gone_db'], roles: [] },
    { names: ['live_db'], roles: [], unknown: '"live_db"' },
    {
      names: ['old_db', 'odl_db'],
      roles: ['old', 'old_clone'],
      unknown: '"odl_db"',
    },
  ])('$names: locks $roles, unknown $unknown', ({ names, roles, unknown }) => {
    expect(selectNamed(found, names).map(({ role }) => role.name)).toEqual(
      roles,
    );
    const problem = findUnknownNames(found, names, 'dev');
    if (unknown === undefined) expect(problem).toBeUndefined();
    else
      expect(problem).toBe(
        `--retire: ${unknown}: no managed role without an entry in dev has this database. Nothing was changed. List what can be locked: goldenpath-rds provision --root . --env dev --retire`,
      );
  });

  it('are named by the command in the note', () => {
    const lines = describeUndeclared(found, 'dev');
    expect(lines[0]).toContain(
      'Pull the newest main, then lock it with goldenpath-rds provision --root . --env dev --retire old_db, or declare it again.',
    );
    expect(lines.find(line => line.includes('role former,'))).toContain(
      'Its database live_db is declared with another role. Declare this one again, or lock it by hand: ALTER ROLE "former" NOLOGIN;',
    );
  });
});

describe('a role without an entry', () => {
  const found = (...roles: MarkedRole[]) => selectRetirements(roles, isDev, []);

  it.each([
    { canLogin: true, sessions: 0, locked: false },
    { canLogin: false, sessions: 1, locked: false },
    { canLogin: false, sessions: 0, locked: true },
  ])(
    'canLogin $canLogin, sessions $sessions: locked $locked',
    ({ locked, ...role }) => {
      const [one] = found(marked('a', role));
      expect(isLocked(one)).toBe(locked);
      expect(describeUndeclared([one], 'dev')).toHaveLength(locked ? 0 : 1);
      expect(describeLocked([one])).toHaveLength(locked ? 1 : 0);
    },
  );

  it('names five and counts the rest', () => {
    const roles = Array.from({ length: 7 }, (_, n) => marked(`a${n}`));
    const all = describeUndeclared(found(...roles), 'dev');
    expect(all).toHaveLength(7);
    const lines = limitUndeclared(all);
    expect(lines).toHaveLength(6);
    expect(lines[5]).toBe('2 more managed roles have no entry any more.');
  });

  it.each<{ reason: string; role: Partial<MarkedRole>; says?: string }>([
    { reason: 'ours', role: {} },
    { reason: 'the master', role: { isMaster: true }, says: 'never locked' },
    { reason: 'a superuser', role: { hasPowers: true }, says: 'NOLOGIN;' },
    {
      reason: 'another creator',
      role: { isOursToAlter: false },
      says: 'GRANT "a" TO "master" WITH ADMIN OPTION;',
    },
  ])('is refused or not: $reason', ({ role, says }) => {
    const [one] = found(marked('a', role));
    const refusal = findRetireRefusal(one, SERVER);
    if (says === undefined) expect(refusal).toBeUndefined();
    else expect(refusal).toContain(says);
    expect(printRetirement(one, SERVER).changes).toHaveLength(
      says === undefined ? 1 : 0,
    );
  });
});
