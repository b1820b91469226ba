import fc from 'fast-check';
import { Change } from './change';
import type { ObservedClone } from './clone';
import { changeOwner } from './grantChains';
import type { DesiredDatabase } from './desired';
import { printFinding } from './finding';
import { printMark } from './mark';
import type { ObservedObject } from './planObjects';
import {
  LoginResult,
  Observation,
  ObservedDatabase,
  ObservedRole,
  ObservedServer,
} from './observation';
import {
  DATABASE,
  NOTHING_UNDECLARED,
  ROLE,
  SERVER,
} from '../testing/observed';
import { applyToClone, CLONE } from '../testing/modelOfClone';
import { DatabasePlan, listChanges, planProvision } from './plan';
import { grantsOfNewDatabase } from './planPrivileges';
import { applyToMemberships, memberships } from '../testing/modelOfMemberships';
import { applyToGrants, databaseGrants } from '../testing/modelOfGrants';

const MASTER = SERVER.currentUser;

const wanted: DesiredDatabase = {
  databaseName: 'users_db',
  username: 'users',
  login: 'users',
  createdb: false,
  connectionLimit: -1,
  secret: { path: 'goldenpath/dev/users_db/postgres', versionId: 'v1' },
};

const role: ObservedRole = { ...ROLE, comment: printMark(wanted.secret) };
const database: ObservedDatabase = {
  ...DATABASE,
  grants: grantsOfNewDatabase('users').filter(({ grantee }) => grantee),
};

const observation = (
  there: { role?: ObservedRole; database?: ObservedDatabase },
  login?: LoginResult,
  onServer: Partial<ObservedServer> = {},
): Observation => ({
  server: { ...SERVER, ...onServer },
  roles: new Map(there.role && [[there.role.name, there.role]]),
  databases: new Map(there.database && [[there.database.name, there.database]]),
  clones: new Map(),
  logins: new Map(login && [['users', login]]),
  undeclared: NOTHING_UNDECLARED,
  objects: new Map(),
});

const planOf = (observed: Observation, adopt = false) =>
  planProvision([wanted], observed, { adopt, strict: false })[0];
const shutOut: LoginResult = {
  outcome: 'shut out',
  finding: { kind: 'drift', text: "users can't log in: no" },
};
const kindsOf = (observed: Observation, adopt = false) =>
  listChanges(planOf(observed, adopt)).map(({ kind }) => kind);

describe('planProvision', () => {
  it.each([
    {
      reason: 'a finding, when no changes are planned',
      there: database,
      findings: [{ kind: 'drift', text: "users can't log in: no" }],
      notes: [],
    },
    {
      reason: 'a note, when the planned changes may repair it',
      there: { ...database, grants: [] },
      findings: [],
      notes: ["users can't log in: no"],
    },
  ])('reports a rejected login: $reason', ({ there, findings, notes }) => {
    const observed = observation({ role, database: there }, shutOut);
    expect(planOf(observed)).toMatchObject({ findings, notes });
  });

  it.each<{
    reason: string;
    observed: Observation;
    adopt?: boolean;
    kinds: Array<Change['kind']>;
  }>([
    {
      reason: 'all is as declared',
      observed: observation({ role, database }),
      kinds: [],
    },
    {
      reason: 'nothing exists, for a master',
      observed: observation({}),
      kinds: [
        'create role',
        'mark role',
        'grant role to master',
        'create database',
        'revoke from public',
        'grant to owner',
      ],
    },
    {
      reason: 'nothing exists, for a superuser',
      observed: observation({}, undefined, { isSuperuser: true }),
      kinds: [
        'create role',
        'mark role',
        'create database',
        'revoke from public',
        'grant to owner',
      ],
    },
    {
      reason: 'a run lost its connection before CREATE DATABASE',
      observed: observation({ role }),
      kinds: ['create database', 'revoke from public', 'grant to owner'],
    },
    {
      reason: 'a run lost its connection before the REVOKE',
      observed: observation({
        role,
        database: { ...database, grants: grantsOfNewDatabase('users') },
      }),
      kinds: ['revoke from public'],
    },
    {
      reason: 'the secret has a new version',
      observed: observation({
        role: {
          ...role,
          comment: printMark({ ...wanted.secret, versionId: 'v0' }),
        },
        database,
      }),
      kinds: ['set password', 'mark role'],
    },
    {
      reason: 'the login failed',
      observed: observation({ role, database }, { outcome: 'wrong password' }),
      kinds: ['set password'],
    },
    {
      reason: 'the login could not be tested',
      observed: observation(
        { role, database },
        { outcome: 'untested', reason: 'busy' },
      ),
      kinds: [],
    },
    {
      reason: 'the role could not log in',
      observed: observation({ role: { ...role, canLogin: false }, database }),
      kinds: ['alter role', 'set password'],
    },
    {
      reason: 'the role is a member of other roles',
      observed: observation({
        role: {
          ...role,
          memberOf: [
            {
              role: 'rds_iam',
              grantor: 'x',
              isAdmin: false,
              isOursToEnd: true,
            },
          ],
        },
      }),
      kinds: [
        'revoke membership',
        'create database',
        'revoke from public',
        'grant to owner',
      ],
    },
    {
      reason: 'a membership is revoked before the master becomes a member',
      observed: observation({
        role: {
          ...role,
          isOursToActAs: false,
          memberOf: [
            {
              role: 'rds_iam',
              grantor: 'x',
              isAdmin: false,
              isOursToEnd: true,
            },
          ],
        },
      }),
      kinds: [
        'revoke membership',
        'grant role to master',
        'create database',
        'revoke from public',
        'grant to owner',
      ],
    },
    {
      reason: 'a new master requires no changes',
      observed: observation({
        role: { ...role, isOursToActAs: false, isOursToAlter: false },
        database,
      }),
      kinds: [],
    },
    {
      reason: 'a role is adopted',
      observed: observation({ role: { ...role, comment: 'Jane' }, database }),
      adopt: true,
      kinds: ['set password', 'adopt role'],
    },
    {
      reason: "the master's database is adopted",
      observed: observation({
        role,
        database: {
          ...database,
          owner: MASTER,
          grants: changeOwner(database.grants, 'users', MASTER),
        },
      }),
      adopt: true,
      kinds: ['adopt database'],
    },
  ])('$reason', ({ observed, adopt, kinds }) => {
    expect(kindsOf(observed, adopt)).toEqual(kinds);
    expect(planOf(observed, adopt).refusal).toBeUndefined();
  });

  it.each<{
    reason: string;
    observed: Observation;
    adopt: boolean;
    words: string;
  }>([
    {
      reason: 'a role without the mark',
      observed: observation({ role: { ...role, comment: undefined } }),
      adopt: false,
      words: 'not managed by goldenpath-rds',
    },
    {
      reason: 'a role managed by another secret',
      observed: observation({
        role: {
          ...role,
          comment: printMark({
            path: 'goldenpath/prod/users_db/postgres',
            versionId: 'v1',
          }),
        },
      }),
      adopt: false,
      words: 'is managed by secret goldenpath/prod/users_db/postgres',
    },
    {
      reason: 'a superuser, even when adopting',
      observed: observation({
        role: { ...role, powers: ['SUPERUSER', 'BYPASSRLS'] },
      }),
      adopt: true,
      words: 'has SUPERUSER and BYPASSRLS',
    },
    {
      reason: 'a membership that the master may not revoke',
      observed: observation({
        role: {
          ...role,
          memberOf: [
            {
              role: 'A "b"',
              grantor: 'x"y',
              isAdmin: false,
              isOursToEnd: false,
            },
          ],
        },
      }),
      adopt: true,
      words: 'REVOKE "A ""b""" FROM "users" GRANTED BY "x""y";',
    },
    {
      reason: 'another owner, even when adopting',
      observed: observation({ database: { ...database, owner: 'jane' } }),
      adopt: true,
      words: 'belongs to jane, not to users',
    },
    {
      reason: "the master's database without adopt",
      observed: observation({ role, database: { ...database, owner: MASTER } }),
      adopt: false,
      words: '--adopt',
    },
    {
      reason: 'another encoding',
      observed: observation({
        role,
        database: { ...database, encoding: 'SQL_ASCII' },
      }),
      adopt: false,
      words: 'SQL_ASCII',
    },
    {
      reason: 'a change to a role without ADMIN OPTION',
      observed: observation({
        role: { ...role, createdb: true, isOursToAlter: false },
        database,
      }),
      adopt: false,
      words: 'GRANT "users" TO "the ""master""" WITH ADMIN OPTION;',
    },
  ])('refuses $reason', ({ observed, adopt, words }) => {
    const plan = planOf(observed, adopt);
    expect(plan.refusal).toContain(words);
    expect(plan.steps).toEqual([]);
  });

  it.each([
    {
      reason: 'no CONNECT',
      isDenied: true,
      remedies: [
        {
          role: MASTER,
          database: 'postgres',
          sql: 'GRANT CONNECT ON DATABASE "users_db" TO "the ""master""";',
        },
      ],
    },
    { reason: 'another cause', isDenied: false, remedies: [] },
  ])(
    'adopts nothing where the master could not look inside, with what keeps it out: $reason',
    ({ isDenied, remedies }) => {
      const observed: Observation = {
        ...observation({ role, database: { ...database, owner: MASTER } }),
        objects: new Map([['users_db', { problem: 'no', isDenied }]]),
        undeclared: {
          ...NOTHING_UNDECLARED,
          owners: [
            {
              database: 'users_db',
              owner: 'jane',
              kind: 'table, view or sequence',
              count: 1,
              isFormerOwner: false,
              isOursToGrant: true,
              isNeverGranted: false,
            },
          ],
          settings: [
            {
              role: null,
              database: 'users_db',
              name: 'session_preload_libraries',
              value: 'none_such',
              isUserSetting: false,
              isOursToSet: true,
              deniedTo: [],
            },
          ],
        },
      };
      const plan = planOf(observed, true);
      expect(plan).toMatchObject({
        steps: [],
        remedies,
        findings: [
          {
            remedy: {
              sql: 'ALTER DATABASE "users_db" RESET session_preload_libraries;',
            },
          },
        ],
      });
      expect(plan.refusal).toMatch(/^The master can't look inside .*: no/);
    },
  );

  it('names every statement that a refusal requires, not only the first', () => {
    const foreign = {
      role: 'pg_monitor',
      grantor: 'rdsadmin',
      isAdmin: false,
      isOursToEnd: false,
    };
    const { remedies, refusal } = planOf(
      observation({
        role: { ...role, powers: ['BYPASSRLS'], memberOf: [foreign] },
        database: { ...database, owner: 'jane' },
      }),
    );
    expect(remedies.map(({ sql }) => sql)).toEqual([
      'ALTER ROLE "users" NOBYPASSRLS;',
      'ALTER DATABASE "users_db" OWNER TO "the ""master""";',
      'REVOKE "pg_monitor" FROM "users" GRANTED BY "rdsadmin";',
    ]);
    for (const { sql } of remedies.slice(0, 1)) expect(refusal).toContain(sql);
  });

  it('creates role and mark in one transaction', () => {
    const [first] = planOf(observation({})).steps;
    expect(first.inTransaction).toBe(true);
    expect(first.changes.map(({ kind }) => kind)).toEqual([
      'create role',
      'mark role',
      'grant role to master',
    ]);
  });

  it('accepts names that are JavaScript properties', () => {
    const [plan] = planProvision(
      [
        {
          ...wanted,
          databaseName: 'constructor',
          username: 'constructor',
          login: 'constructor',
        },
      ],
      observation({}),
      { adopt: false, strict: false },
    );
    expect(plan.refusal).toBeUndefined();
    expect(plan.steps).toHaveLength(3);
  });

  it('law: plan(desired, apply(observed, plan)) is empty', () => {
    fc.assert(
      fc.property(
        observations,
        desires,
        fc.boolean(),
        (observed, desired, adopt) => {
          const [plan] = planProvision([desired], observed, {
            adopt,
            strict: false,
          });
          fc.pre(plan.refusal === undefined);
          const after = listChanges(plan).reduce(applyChange, observed);
          const again = planProvision([desired], after, {
            adopt,
            strict: false,
          })[0];
          expect(again.steps).toEqual([]);
          expect(withoutCascade(again)).toEqual(withoutCascade(plan));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

/** What depends on a grant may have gone with the changes. */
const withoutCascade = ({ findings }: DatabasePlan): string[] =>
  findings.map(finding => printFinding(finding).replaceAll(' CASCADE', ''));

const desires = fc.record({
  databaseName: fc.constant('users_db'),
  username: fc.constant('users'),
  login: fc.constantFrom('users', 'users_clone'),
  createdb: fc.boolean(),
  connectionLimit: fc.constantFrom(-1, 0, 10),
  secret: fc.record({
    path: fc.constant(wanted.secret.path),
    versionId: fc.constantFrom('v1', 'v2'),
  }),
});

const roles = fc.record<ObservedRole>({
  name: fc.constant('users'),
  comment: fc.constantFrom(
    undefined,
    'Jane',
    printMark(wanted.secret),
    printMark({ path: 'elsewhere', versionId: 'v1' }),
  ),
  canLogin: fc.boolean(),
  createdb: fc.boolean(),
  createrole: fc.boolean(),
  inherits: fc.boolean(),
  powers: fc.subarray(['SUPERUSER'], { maxLength: 1 }),
  connectionLimit: fc.constantFrom(-1, 0, 10),
  expires: fc.boolean(),
  memberOf: fc.constant([]),
  besides: fc.constant([]),
  isOursToAlter: fc.boolean(),
  isOursToActAs: fc.boolean(),
});

const clones = fc.record<ObservedClone>({
  name: fc.constant('users_clone'),
  owner: fc.constant('users'),
  comment: fc.constantFrom(
    undefined,
    'Jane',
    printMark({ ...wanted.secret, cloneOf: 'users' }),
    printMark({ path: 'elsewhere', versionId: 'v1', cloneOf: 'users' }),
    printMark(wanted.secret),
  ),
  canLogin: fc.boolean(),
  createdb: fc.boolean(),
  createrole: fc.boolean(),
  inherits: fc.boolean(),
  powers: fc.subarray(['SUPERUSER'], { maxLength: 1 }),
  connectionLimit: fc.constantFrom(-1, 0, 10),
  expires: fc.boolean(),
  memberOf: fc.uniqueArray(
    fc
      .record({
        role: fc.constantFrom('users', 'other'),
        grantor: fc.constantFrom(MASTER, 'jane'),
        isAdmin: fc.boolean(),
        inherits: fc.boolean(),
        maySetRole: fc.boolean(),
      })
      .map(one => ({ ...one, isOursToEnd: one.grantor === MASTER })),
    { maxLength: 3, selector: one => `${one.role} ${one.grantor}` },
  ),
  members: fc.subarray(['jane']),
  settings: fc.subarray([
    { database: null, name: 'role', value: 'users', isOursToReset: true },
    {
      database: null,
      name: 'log_statement',
      value: 'all',
      isOursToReset: false,
    },
    { database: 'users_db', name: 'role', value: 'none', isOursToReset: true },
  ]),
  owns: fc.subarray([{ database: 'users_db', count: 2 }]),
  isOursToAlter: fc.boolean(),
});

const databases = fc.record<ObservedDatabase>({
  name: fc.constant('users_db'),
  owner: fc.constantFrom('users', MASTER, 'jane'),
  encoding: fc.constantFrom('UTF8', 'LATIN1'),
  connectionLimit: fc.constant(-1),
  allowsConnections: fc.constant(true),
  sessions: fc.constant(0),
  grants: fc.constant([]),
});

const ownedObjects = fc.record<ObservedObject>({
  kind: fc.constantFrom('schema', 'table', 'function', 'extension'),
  identity: fc.string(),
  owner: fc.constantFrom(MASTER, 'jane'),
  isFormerOwner: fc.boolean(),
  isOursToGrant: fc.boolean(),
  isNeverGranted: fc.boolean(),
  isMovable: fc.boolean(),
  schema: fc.constantFrom(null, 'public', 'theirs'),
  schemaOwner: fc.constantFrom(MASTER, 'jane', 'pg_database_owner'),
  isSchemaOpen: fc.boolean(),
});

/** Before 16 a membership has one row, whoever granted it, and nothing depends on it. */
const asBefore16 = (newer: ObservedRole): ObservedRole => ({
  ...newer,
  memberOf: newer.memberOf.filter(
    (one, at, all) => all.findIndex(it => it.role === one.role) === at,
  ),
  besides: [],
});

const observations = fc
  .record({
    isSuperuser: fc.boolean(),
    version: fc.constantFrom(150018, 180004),
    role: fc.option(
      fc
        .tuple(roles, memberships('users'))
        .map(([one, all]) => ({ ...one, ...all })),
      { nil: undefined },
    ),
    database: fc.option(
      databases.chain(one =>
        databaseGrants(one.owner, MASTER).map(grants => ({ ...one, grants })),
      ),
      { nil: undefined },
    ),
    clone: fc.option(clones, { nil: undefined }),
    objects: fc.uniqueArray(ownedObjects, {
      maxLength: 5,
      selector: ({ identity }) => identity,
    }),
    login: fc.constantFrom<LoginResult | undefined>(
      undefined,
      { outcome: 'works', inside: [] },
      { outcome: 'wrong password' },
      { outcome: 'untested', reason: 'busy' },
    ),
  })
  // An owner is a role that exists.
  .filter(all => Boolean(all.role) || all.database?.owner !== 'users')
  .map(all => ({
    ...all,
    role: all.role && all.version < 160000 ? asBefore16(all.role) : all.role,
  }))
  .map(({ isSuperuser, version, login, objects, clone, ...there }) => ({
    ...observation(there, login, { isSuperuser, version }),
    clones: new Map(clone && [['users', clone]]),
    objects: new Map(there.database && [['users_db', { objects }]]),
  }));

/** Applies a change to a state, as the server does. */
const applyChange = (observed: Observation, change: Change): Observation => {
  const roleNow = observed.roles.get('users');
  const databaseNow = observed.databases.get('users_db');
  const withRole = (changed: Partial<ObservedRole>): Observation => ({
    ...observed,
    roles: new Map([['users', { ...role, ...roleNow, ...changed }]]),
  });
  const withDatabase = (changed: Partial<ObservedDatabase>): Observation => ({
    ...observed,
    databases: new Map([
      ['users_db', { ...database, ...databaseNow, ...changed }],
    ]),
  });
  if ('role' in change && change.role === 'users_clone')
    return {
      ...observed,
      clones: new Map([
        ['users', applyToClone(observed.clones.get('users') ?? CLONE, change)],
      ]),
      logins: ['create clone', 'set password'].includes(change.kind)
        ? new Map()
        : observed.logins,
    };
  switch (change.kind) {
    case 'create clone':
    case 'join owner':
    case 'become owner':
      throw new Error(`${change.kind} is about ${change.role}.`);
    case 'create role':
      return {
        ...withRole({
          comment: undefined,
          createdb: change.createdb,
          connectionLimit: change.connectionLimit,
          isOursToActAs: observed.server.isSuperuser,
        }),
        logins: new Map(),
      };
    case 'adopt role':
    case 'mark role':
      return withRole({ comment: printMark(change.mark) });
    case 'alter role': {
      const { login, validUntil, createrole, inherit, ...rest } =
        change.attributes;
      return withRole({
        ...(login ? { canLogin: true } : {}),
        ...(validUntil ? { expires: false } : {}),
        ...(createrole === false ? { createrole } : {}),
        ...(inherit ? { inherits: true } : {}),
        ...rest,
      });
    }
    case 'set password':
      return {
        ...observed,
        logins: new Map([['users', { outcome: 'works', inside: [] }]]),
      };
    case 'revoke membership':
      return withRole(applyToMemberships(roleNow!, change));
    case 'grant role to master':
      return withRole({ isOursToActAs: true });
    case 'create database':
      return withDatabase({ grants: grantsOfNewDatabase(change.role) });
    case 'adopt database':
      return withDatabase({
        owner: change.role,
        grants: changeOwner(
          databaseNow!.grants,
          databaseNow!.owner,
          change.role,
        ),
      });
    case 'adopt objects': {
      const seen = observed.objects.get(change.database);
      const moved = change.objects.map(({ identity }) => identity);
      return {
        ...observed,
        objects: new Map([
          [
            change.database,
            {
              objects:
                seen && 'objects' in seen
                  ? seen.objects.filter(one => !moved.includes(one.identity))
                  : [],
            },
          ],
        ]),
      };
    }
    case 'revoke from public':
    case 'revoke grant option':
    case 'revoke as master':
    case 'grant to owner':
      return withDatabase({
        grants: applyToGrants(databaseNow!, change, MASTER),
      });
    default:
      throw new Error(JSON.stringify(change satisfies never));
  }
};
