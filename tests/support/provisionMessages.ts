import {
  type DatabaseResult,
  printEvent,
} from '@goldenpath/plugin-golden-path-node';
import {
  type Change,
  describeChange,
} from '../../plugins/golden-path-node/src/provision/decide/change';
import {
  explainMasterError,
  explainServerError,
} from '../../plugins/golden-path-node/src/provision/decide/postgres/connectionErrors';
import { SqlError } from '../../plugins/golden-path-node/src/provision/decide/postgres/sqlState';
import {
  createPreflightError,
  describeOpenDatabases,
  describePublicCreate,
  findServerProblems,
  fitConnections,
  POOLER,
} from '../../plugins/golden-path-node/src/provision/decide/preflight';
import type { ObservedServer } from '../../plugins/golden-path-node/src/provision/decide/observation';
import {
  describeLocked,
  describeRetirement,
  describeUndeclared,
  findRetireRefusal,
  findUnknownNames,
  NOTHING_TO_LOCK,
  selectRetirements,
} from '../../plugins/golden-path-node/src/provision/decide/retire';
import { readDatabaseSecret } from '../../plugins/golden-path-node/src/provision/decide/secretValues';

/** Messages of the provisioner, with inputs that produce all of them. */

export const changeDescriptions = (): string[] => {
  const role = 'users_app_user';
  const database = 'users_db';
  const mark = { path: 'goldenpath/dev/users_db/postgres', versionId: 'v1' };
  const reason = '';
  const changes: Change[] = [
    {
      kind: 'create role',
      role,
      createdb: true,
      connectionLimit: 20,
      reason,
    },
    { kind: 'adopt role', role, mark, reason },
    { kind: 'mark role', role, mark, reason },
    {
      kind: 'alter role',
      role,
      attributes: { login: true, validUntil: 'infinity' },
      reason,
    },
    { kind: 'set password', role, reason },
    {
      kind: 'create clone',
      role: `${role}_clone`,
      connectionLimit: -1,
      reason,
    },
    { kind: 'join owner', role: `${role}_clone`, of: role, reason },
    { kind: 'become owner', role: `${role}_clone`, of: role, reason },
    {
      kind: 'revoke membership',
      role,
      of: 'pg_monitor',
      grantor: 'admin',
      taken: ['jane in pg_monitor, granted by joe'],
      reason,
    },
    { kind: 'grant role to master', role, reason },
    { kind: 'create database', database, role, reason },
    { kind: 'adopt database', database, role, reason },
    {
      kind: 'revoke from public',
      database,
      privileges: ['CONNECT', 'TEMPORARY'],
      reason,
    },
    {
      kind: 'revoke grant option',
      database,
      from: 'jane',
      privileges: ['CONNECT'],
      ends: [],
      taken: ['PUBLIC has CONNECT from jane'],
      reason,
    },
    {
      kind: 'revoke as master',
      database,
      role,
      privilege: 'CONNECT',
      from: ['jane'],
      ends: [],
      taken: ['PUBLIC has CONNECT from jane'],
      reason,
    },
    { kind: 'grant to owner', database, role, reason },
  ];
  return changes.map(describeChange);
};

const ENDPOINT = {
  host: 'db.example.com',
  hostFrom: 'goldenpath/dev/rds/master',
  port: 5432,
  portFrom: 'goldenpath/dev/rds/master',
};

export const hindrances = (): string[] => {
  const server = {
    version: 140010,
    versionName: '14.10',
    currentUser: 'master',
    isSuperuser: false,
    canCreateDatabases: false,
    canCreateRoles: false,
    isInRecovery: true,
    backendPid: 1,
    freeConnections: 5,
    masterLimit: 4,
    masterSessions: 1,
    lockDatabaseLimit: 3,
    lockDatabaseSessions: 1,
    superuser: 'rdsadmin',
  };
  const run = { workers: 8, logins: 8, isApply: true, loginTest: true };
  const saidOf = (more: object) => {
    const { problems, notes } = fitConnections({ ...server, ...more }, run);
    return [...problems, ...notes];
  };
  const login = {
    host: 'db.example.com',
    port: 5432,
    username: 'master',
    password: 'not told',
    secretPath: 'goldenpath/dev/rds/master',
    endpoint: ENDPOINT,
  };
  const refused = (message: string, state: string) =>
    new SqlError(message, state);
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  return [
    createPreflightError(findServerProblems(server)).message,
    POOLER,
    ...saidOf({}),
    ...saidOf({ lockDatabaseLimit: -1 }),
    ...saidOf({ lockDatabaseLimit: -1, masterLimit: -1 }),
    ...saidOf({ freeConnections: 0 }),
    ...describeOpenDatabases(names),
    ...describePublicCreate(['public']),
    ...retirements(),
    ...[
      refused('too many connections', '53300'),
      refused('password authentication failed', '28P01'),
      refused('unsupported startup parameter', '08P01'),
      refused('no pg_hba.conf entry', '28000'),
      refused('database "postgres" does not exist', '3D000'),
      refused('permission denied for database "postgres"', '42501'),
      refused('database "postgres" is not accepting connections', '55000'),
      refused('the database system is starting up', '57P03'),
      refused('not today', 'P0001'),
    ].map(error => explainMasterError(error, login).message),
    explainServerError(refused('canceling statement', '57014'), login).message,
  ];
};

const retirements = (): string[] => {
  const role = {
    name: 'old_user',
    comment:
      'Managed by goldenpath-rds: secret goldenpath/dev/old_db/postgres, version v1',
    canLogin: true,
    sessions: 2,
    databases: ['old_db'],
    hasPowers: false,
    isMaster: false,
    isOursToAlter: true,
    maySignal: true,
  };
  const clone = {
    ...role,
    name: 'old_user_clone',
    comment: `${role.comment}, clone of old_user`,
    databases: [],
  };
  const locked = { ...role, canLogin: false, sessions: 0 };
  const found = (...marked: Array<typeof role>) =>
    selectRetirements(marked, () => true, []);
  const server = { currentUser: 'master' } as ObservedServer;
  return [
    ...describeUndeclared(
      [
        ...found(role, clone, { ...role, name: 'closing', canLogin: false }),
        ...selectRetirements([role], () => true, [
          { databaseName: 'old_db', username: 'another_user' },
        ]),
      ],
      'dev',
    ),
    findUnknownNames(found(role), ['odl_db'], 'dev') ?? 'none',
    NOTHING_TO_LOCK,
    ...describeLocked(found(locked)),
    ...found(role, clone, { ...role, canLogin: false }, locked).map(
      describeRetirement,
    ),
    ...[{ isMaster: true }, { hasPowers: true }, { isOursToAlter: false }].map(
      more =>
        findRetireRefusal(found({ ...role, ...more })[0], server) ?? 'none',
    ),
  ];
};

/** Must appear in no message. */
export const PASSWORD = 'kept to itself';

export const secretProblems = (): string[] => {
  const path = 'goldenpath/dev/users_db/postgres';
  const text = (value: unknown) =>
    ({ path, versionId: 'v1', text: JSON.stringify(value) } as const);
  const right = {
    host: 'db.example.com',
    port: 5432,
    dbname: 'users_db',
    username: 'users_app_user',
    password: PASSWORD,
  };
  return [
    { path, problem: 'missing' } as const,
    { path, problem: 'marked for deletion' } as const,
    { path, problem: 'unreadable', reason: 'no access.' } as const,
    { path, versionId: 'v1', text: `{"password":"${PASSWORD}"` },
    text([]),
    text({ ...right, dbname: undefined, password: '' }),
    text({ ...right, port: 'x' }),
    text({ ...right, port: 0 }),
    text({ ...right, password: `${PASSWORD}\0` }),
    text({ ...right, dbname: 'x_db', username: 'x', host: 'x', port: 1 }),
    text({ ...right, host: 'db.example.com:5432' }),
  ].flatMap(reading => {
    const read = readDatabaseSecret(
      reading,
      { databaseName: right.dbname, username: right.username },
      ENDPOINT,
    );
    return 'problems' in read ? read.problems : ['no problem'];
  });
};

export const report = (): string[] => {
  const about = { database: 'users_db', username: 'users_app_user' };
  const summary = { type: 'summary', environment: 'dev' } as const;
  const result = (
    outcome: DatabaseResult['outcome'],
    changes = 0,
    problems: string[] = [],
  ): DatabaseResult => ({ ...about, outcome, changes, problems });
  const events: Array<Parameters<typeof printEvent>[0]> = [
    {
      type: 'start',
      mode: 'apply',
      environment: 'dev',
      host: 'db.example.com',
      port: 5432,
      databases: 3,
    },
    {
      type: 'waiting',
      pid: 7,
      application: '',
      address: '10.0.0.1',
      connectedSeconds: 9,
      waitedSeconds: 3,
    },
    {
      type: 'plan',
      databases: [
        {
          ...about,
          changes: [],
          findings: ['look.'],
          told: [],
          unchecked: [],
          remedies: [],
          refusal: 'no.',
        },
      ],
    },
    {
      type: 'plan',
      databases: [
        {
          ...about,
          changes: [],
          findings: [],
          told: [],
          unchecked: [],
          remedies: [],
        },
      ],
    },
    ...(['secrets', 'observe', 'apply', 'verify'] as const).map(
      phase =>
        ({
          type: 'progress',
          phase,
          done: 100,
          total: 100,
          underway: [] as string[],
          finished: 'users_db',
        } as const),
    ),
    ...(
      [
        ['apply', 'done', 2, [result('changed', 2)]],
        ['apply', 'done', 0, [result('unchanged')]],
        [
          'apply',
          'failed',
          1,
          [result('failed', 1, ['why.']), result('stopped')],
        ],
        ['apply', 'failed', 1, [result('changed', 1), result('stopped')]],
        ['dry-run', 'failed', 0, [result('refused', 0, ['why.'])]],
        ['dry-run', 'done', 1, [result('planned', 1)]],
        ['dry-run', 'done', 0, [result('skipped')]],
        ['check', 'drift', 1, [result('drifted', 1)]],
        ['check', 'done', 0, [result('unchanged')]],
      ] as const
    ).map(([mode, outcome, changes, databases]) => ({
      ...summary,
      mode,
      outcome,
      changes,
      databases: [...databases],
    })),
  ];
  return events.flatMap(event => ['---', ...printEvent(event)]);
};
