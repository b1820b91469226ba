import { printMark } from './mark';
import type { Finding } from './finding';
import type {
  DatabaseGrant,
  LoginResult,
  Observation,
  ObservedServer,
} from './observation';
import { planUndeclared } from './planUndeclared';
import type {
  ObjectCount,
  ObservedGrantee,
  ObservedMember,
  ObservedSetting,
  Undeclared,
} from './undeclared';
import {
  DATABASE,
  NOTHING_UNDECLARED,
  ROLE,
  SERVER,
} from '../testing/observed';

const MASTER = SERVER.currentUser;
const desired = {
  databaseName: 'users_db',
  username: 'users',
  login: 'users',
  createdb: false,
  connectionLimit: -1,
  secret: { path: 'goldenpath/dev/users_db/postgres', versionId: 'v1' },
};

const setting = (
  name: string,
  value: string,
  more: Partial<ObservedSetting> = {},
): ObservedSetting => ({
  role: 'users',
  database: null,
  name,
  value,
  isUserSetting: true,
  isOursToSet: false,
  deniedTo: [],
  ...more,
});
const ofDatabase = { role: null, database: 'users_db' };
const inDatabase = { role: 'users', database: 'users_db' };
const ofEveryRole = { role: null, database: null };

const member = (more: Partial<ObservedMember> = {}): ObservedMember => ({
  role: 'users',
  member: 'jane',
  grantor: MASTER,
  isAdmin: false,
  inherits: true,
  maySetRole: true,
  isSuperuser: false,
  isOursToEnd: true,
  hasPassedOn: false,
  through: [],
  ...more,
});

const grantee = (more: Partial<ObservedGrantee> = {}): ObservedGrantee => ({
  database: 'users_db',
  grantee: 'neighbour',
  isSuperuser: false,
  through: [],
  ...more,
});

const grant = (more: Partial<DatabaseGrant> = {}): DatabaseGrant => ({
  grantee: 'neighbour',
  grantor: 'users',
  privilege: 'CONNECT',
  isGrantable: false,
  isOwnersMember: false,
  isMastersMember: false,
  inherits: [],
  ...more,
});

const owned = (more: Partial<ObjectCount> = {}): ObjectCount => ({
  database: 'users_db',
  owner: 'jane',
  kind: 'table, view or sequence',
  count: 2,
  isFormerOwner: false,
  isOursToGrant: true,
  isNeverGranted: false,
  ...more,
});

const findingsOf = (
  undeclared: Partial<Undeclared>,
  {
    server = {},
    isOurs = true,
    grants = [],
    now = grants,
    login,
  }: {
    server?: Partial<ObservedServer>;
    isOurs?: boolean;
    grants?: DatabaseGrant[];
    now?: DatabaseGrant[];
    login?: LoginResult;
  } = {},
): Finding[] => {
  const observed: Observation = {
    server: { ...SERVER, ...server },
    roles: new Map([
      [
        'users',
        {
          ...ROLE,
          comment: printMark(desired.secret),
          isOursToAlter: isOurs,
          isOursToActAs: isOurs,
        },
      ],
    ]),
    databases: new Map([['users_db', { ...DATABASE, grants: now }]]),
    clones: new Map(),
    logins: new Map(login && [['users', login]]),
    undeclared: { ...NOTHING_UNDECLARED, ...undeclared },
    objects: new Map(),
  };
  return planUndeclared(desired, observed, grants).findings;
};

describe('settings (CASES 6: autobase #1430, terraform-provider-postgresql #609)', () => {
  it.each<{ source: string; settings: ObservedSetting[]; kinds: string[] }>([
    {
      source: 'autobase #1430',
      settings: [setting('default_transaction_read_only', 'on', ofDatabase)],
      kinds: ['drift'],
    },
    {
      source: 'terraform-provider-postgresql #609: 1ms',
      settings: [setting('statement_timeout', '1ms')],
      kinds: ['drift'],
    },
    ...['1', '999', '0.5s', '500000us', ' 20 ms', '0x10', '1e1'].map(value => ({
      source: `a timeout of ${value} (docs 20.1.1)`,
      settings: [setting('statement_timeout', value)],
      kinds: ['drift'],
    })),
    ...['0', '0ms', '1s', '1000', '1min', '0.4', 'soon'].map(value => ({
      source: `a timeout of ${value} (docs 20.1.1)`,
      settings: [setting('statement_timeout', value)],
      kinds: ['told'],
    })),
    ...[
      'transaction_timeout',
      'idle_in_transaction_session_timeout',
      'idle_session_timeout',
    ].map(name => ({
      source: `${name} ends sessions (docs 20.11)`,
      settings: [setting(name, '5ms')],
      kinds: ['drift'],
    })),
    {
      source: 'a short wait for locks is a habit of careful apps',
      settings: [setting('lock_timeout', '100ms')],
      kinds: ['told'],
    },
    ...['true', 'yes', '1', 't', 'ON'].map(value => ({
      source: `a boolean is on when it is ${value} (docs 20.1.1)`,
      settings: [setting('default_transaction_read_only', value)],
      kinds: ['drift'],
    })),
    ...['off', 'false', 'no', '0', 'of'].map(value => ({
      source: `a boolean is off when it is ${value} (docs 20.1.1)`,
      settings: [setting('default_transaction_read_only', value)],
      kinds: ['told'],
    })),
    {
      source: 'terraform-provider-postgresql #609: SET role',
      settings: [setting('role', 'admins')],
      kinds: ['drift'],
    },
    {
      source: 'SET role to itself, and to none',
      settings: [setting('role', 'users'), setting('role', 'none', ofDatabase)],
      kinds: ['told', 'told'],
    },
    {
      source: 'SET search_path to nothing',
      settings: [setting('search_path', '""', ofDatabase)],
      kinds: ['drift'],
    },
    {
      source: 'SET search_path to a schema that only a look inside could show',
      settings: [setting('search_path', 'app, public')],
      kinds: ['told'],
    },
    {
      source: 'replication role: triggers and foreign keys are off',
      settings: [setting('session_replication_role', 'replica')],
      kinds: ['drift'],
    },
    {
      source: '17: views are rejected',
      settings: [setting('restrict_nonsystem_relation_kind', 'view')],
      kinds: ['drift'],
    },
    {
      source: 'every error ends the session',
      settings: [setting('exit_on_error', 'on')],
      kinds: ['drift'],
    },
    {
      source: 'a tablespace in which the app may not create',
      settings: [
        setting('default_tablespace', 'fast', { deniedTo: ['users'] }),
      ],
      kinds: ['drift'],
    },
    {
      source: 'a tablespace that another app may not use',
      settings: [
        setting('default_tablespace', 'fast', { deniedTo: ['others'] }),
      ],
      kinds: ['told'],
    },
    ...[
      ['log_statement', 'all'],
      ['work_mem', '64MB'],
      ['TimeZone', 'UTC'],
      ['row_security', 'off'],
      ['client_encoding', 'LATIN1'],
      ['app.jwt_secret', 'x'],
    ].map(([name, value]) => ({
      source: `${name} changes how an app works, not whether`,
      settings: [setting(name, value)],
      kinds: ['told'],
    })),
    {
      source: 'another role, and another database',
      settings: [
        setting('statement_timeout', '1ms', { role: 'others' }),
        setting('statement_timeout', '1ms', { database: 'others_db' }),
        setting('statement_timeout', '1ms', {
          role: null,
          database: 'others_db',
        }),
      ],
      kinds: [],
    },
    {
      source:
        'role in database wins over role, role over database (docs, ALTER ROLE)',
      settings: [
        setting('statement_timeout', '1ms', ofDatabase),
        setting('statement_timeout', '1ms'),
        setting('statement_timeout', '1min', inDatabase),
      ],
      kinds: ['told', 'told', 'told'],
    },
    {
      source: 'below the one that wins another would break the app',
      settings: [
        setting('statement_timeout', '1ms', ofDatabase),
        setting('statement_timeout', '2ms'),
      ],
      kinds: ['drift', 'drift'],
    },
    {
      source: 'ALTER ROLE ALL, harmless',
      settings: [setting('work_mem', '64MB', ofEveryRole)],
      kinds: [],
    },
    {
      source: 'ALTER ROLE ALL, harmful',
      settings: [setting('default_transaction_read_only', 'on', ofEveryRole)],
      kinds: ['drift'],
    },
  ])('$source', ({ settings, kinds }) => {
    expect(findingsOf({ settings }).map(({ kind }) => kind)).toEqual(kinds);
  });

  it.each<{
    reason: string;
    given: ObservedSetting;
    isOurs?: boolean;
    server?: Partial<ObservedServer>;
    remedy: { role: string; sql: string };
  }>([
    {
      reason: 'the master alters the role',
      given: setting('statement_timeout', '1ms'),
      remedy: {
        role: MASTER,
        sql: 'ALTER ROLE "users" RESET statement_timeout;',
      },
    },
    {
      reason: 'without ADMIN OPTION the role itself does',
      given: setting('statement_timeout', '1ms', inDatabase),
      isOurs: false,
      remedy: {
        role: 'users',
        sql: 'ALTER ROLE "users" IN DATABASE "users_db" RESET statement_timeout;',
      },
    },
    {
      reason: 'a login that only reads is not the master',
      given: setting('statement_timeout', '1ms', ofDatabase),
      server: { canCreateDatabases: false, canCreateRoles: false },
      remedy: {
        role: 'users',
        sql: 'ALTER DATABASE "users_db" RESET statement_timeout;',
      },
    },
    {
      reason: 'a parameter that only superusers set',
      given: setting('log_statement', 'all', { isUserSetting: false }),
      remedy: {
        role: 'rdsadmin',
        sql: 'ALTER ROLE "users" RESET log_statement;',
      },
    },
    {
      reason: 'a parameter that the master was granted',
      given: setting('log_statement', 'all', {
        ...ofDatabase,
        isUserSetting: false,
        isOursToSet: true,
      }),
      remedy: {
        role: MASTER,
        sql: 'ALTER DATABASE "users_db" RESET log_statement;',
      },
    },
    {
      reason: 'a setting of every role',
      given: setting('default_transaction_read_only', 'on', ofEveryRole),
      remedy: {
        role: 'rdsadmin',
        sql: 'ALTER ROLE ALL RESET default_transaction_read_only;',
      },
    },
    {
      reason: 'names that need quotes',
      given: setting('role', 'x'),
      remedy: { role: MASTER, sql: 'ALTER ROLE "users" RESET "role";' },
    },
  ])('names who resets it: $reason', ({ given, isOurs, server, remedy }) => {
    expect(findingsOf({ settings: [given] }, { isOurs, server })).toEqual([
      expect.objectContaining({
        remedy: { ...remedy, database: 'postgres' },
      }),
    ]);
  });

  it.each([
    { name: 'session_preload_libraries', missesLibrary: true, kind: 'drift' },
    { name: 'local_preload_libraries', missesLibrary: true, kind: 'drift' },
    { name: 'session_preload_libraries', missesLibrary: false, kind: 'told' },
    { name: 'work_mem', missesLibrary: true, kind: 'told' },
  ])(
    'a login that misses a library ($missesLibrary) makes $name $kind',
    ({ name, missesLibrary, kind }) => {
      const login: LoginResult = {
        outcome: 'shut out',
        finding: { kind: 'drift', text: "users can't log in: no" },
        missesLibrary,
      };
      expect(
        findingsOf({ settings: [setting(name, 'x', ofDatabase)] }, { login }),
      ).toEqual([
        expect.objectContaining({
          kind,
          remedy: expect.objectContaining({
            sql: `ALTER DATABASE "users_db" RESET ${name};`,
          }),
        }),
      ]);
    },
  );

  it('never prints the value of a custom parameter, which may be a secret', () => {
    const findings = findingsOf({
      settings: [setting('app.jwt_secret', 'hunter2', ofDatabase)],
    });
    expect(findings[0].text).toContain('app.jwt_secret');
    expect(JSON.stringify(findings)).not.toContain('hunter2');
  });

  it.each([
    {
      source: 'a parameter group that makes the instance read-only',
      settings: [],
      kinds: ['drift'],
    },
    {
      source: 'the role has another value',
      settings: [setting('default_transaction_read_only', 'off')],
      kinds: ['told'],
    },
  ])('settings of the instance: $source', ({ settings, kinds }) => {
    const findings = findingsOf({
      settings,
      instanceSettings: [
        { name: 'default_transaction_read_only', value: 'on' },
        { name: 'statement_timeout', value: '0' },
        { name: 'search_path', value: '"$user", public' },
      ],
    });
    expect(findings.map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe('who else gets in (CASES 11: crossplane provider-sql #189, terraform-provider-postgresql #609)', () => {
  it.each<{
    source: string;
    undeclared?: Partial<Undeclared>;
    grants?: DatabaseGrant[];
    server?: Partial<ObservedServer>;
    finding: Partial<Finding>;
  }>([
    {
      source: 'provider-sql #189: a neighbour has CONNECT by name',
      grants: [grant()],
      finding: {
        kind: 'isolation',
        text: 'Role neighbour has CONNECT on database users_db, granted by users.',
        remedy: {
          role: 'users',
          database: 'postgres',
          sql: 'REVOKE CONNECT ON DATABASE "users_db" FROM "neighbour";',
        },
      },
    },
    {
      source: 'it granted the privilege to others; roles inherit from it',
      undeclared: {
        grantees: [grantee({ through: ['a', 'b', 'c', 'd', 'e', 'f'] })],
      },
      grants: [grant({ isGrantable: true }), grant({ privilege: 'TEMPORARY' })],
      finding: {
        kind: 'isolation',
        text: 'Role neighbour has CONNECT, TEMPORARY on database users_db, granted by users. Its own members: a, b, c, d, e and 1 more.',
        remedy: {
          role: 'users',
          database: 'postgres',
          sql: 'REVOKE CONNECT, TEMPORARY ON DATABASE "users_db" FROM "neighbour" CASCADE;',
        },
      },
    },
    {
      source: 'what depends on a grant goes with it',
      grants: [
        grant({ grantee: 'third', grantor: 'neighbour', isGrantable: true }),
        grant({ isGrantable: true }),
        grant({ grantee: 'fourth', grantor: 'third' }),
      ],
      finding: {
        kind: 'isolation',
        text: 'Role neighbour has CONNECT on database users_db, granted by users. It granted this to third, fourth.',
      },
    },
    {
      source: 'TEMPORARY alone lets nobody in',
      grants: [grant({ privilege: 'TEMPORARY' })],
      finding: { kind: 'told' },
    },
    {
      source: 'a superuser gets in anyway',
      undeclared: { grantees: [grantee({ isSuperuser: true })] },
      grants: [grant()],
      finding: { kind: 'told' },
    },
    {
      source:
        'terraform-provider-postgresql #609: a person is member of the owner role',
      undeclared: { members: [member({ through: ['her_group'] })] },
      finding: {
        kind: 'isolation',
        text: `Role jane is a member of users, granted by ${MASTER}. Its own members: her_group.`,
        remedy: {
          role: MASTER,
          database: 'postgres',
          sql: `REVOKE "users" FROM "jane" GRANTED BY "the ""master""";`,
        },
      },
    },
    {
      source: 'a person is a member of the master',
      undeclared: {
        members: [
          member({ role: MASTER, grantor: 'rdsadmin', isOursToEnd: false }),
        ],
      },
      finding: {
        kind: 'isolation',
        text: `Role jane is a member of ${MASTER}, granted by rdsadmin. ${MASTER} can act as users.`,
        remedy: {
          role: 'rdsadmin',
          database: 'postgres',
          sql: `REVOKE "the ""master""" FROM "jane" GRANTED BY "rdsadmin";`,
        },
      },
    },
    {
      source: '15 has no grantors in REVOKE',
      undeclared: { members: [member({ grantor: 'bob', hasPassedOn: true })] },
      server: { version: 150018 },
      finding: {
        remedy: {
          role: MASTER,
          database: 'postgres',
          sql: 'REVOKE "users" FROM "jane";',
        },
      },
    },
    {
      source: 'another granted it, and the member granted it on',
      undeclared: {
        members: [
          member({
            grantor: 'bob',
            isOursToEnd: false,
            isAdmin: true,
            hasPassedOn: true,
          }),
        ],
      },
      finding: {
        text: 'Role jane is a member of users, granted by bob with ADMIN OPTION.',
        remedy: {
          role: 'bob',
          database: 'postgres',
          sql: 'REVOKE "users" FROM "jane" GRANTED BY "bob" CASCADE;',
        },
      },
    },
    ...(['isAdmin', 'inherits', 'maySetRole'] as const).map(option => ({
      source: `${option} alone is enough (docs, GRANT)`,
      undeclared: {
        members: [
          member({ inherits: false, maySetRole: false, [option]: true }),
        ],
      },
      finding: { kind: 'isolation' as const },
    })),
    {
      source: 'a membership without options gives nothing',
      undeclared: {
        members: [member({ inherits: false, maySetRole: false })],
      },
      finding: { kind: 'told' },
    },
    {
      source: 'its grantor has lost the grant option',
      grants: [grant({ grantor: 'third' })],
      finding: {
        text: "Role neighbour has CONNECT on database users_db, granted by third. third can't revoke it: it has no grant option of its own.",
        remedy: {
          role: 'users',
          database: 'postgres',
          sql: 'GRANT CONNECT ON DATABASE "users_db" TO "third" WITH GRANT OPTION; REVOKE CONNECT ON DATABASE "users_db" FROM "third" CASCADE;',
        },
      },
    },
    {
      source: "its grantor is the master, whose REVOKE is the owner's",
      grants: [grant({ grantor: MASTER, isOwnersMember: true })],
      finding: {
        remedy: {
          role: MASTER,
          database: 'postgres',
          sql: `ALTER DATABASE "users_db" OWNER TO "the ""master"""; ALTER DATABASE "users_db" OWNER TO "users"; REVOKE CONNECT ON DATABASE "users_db" FROM "neighbour";`,
        },
      },
    },
    {
      source: 'roles lend it to each other in a circle: one REVOKE breaks it',
      grants: [
        grant({ grantee: 'a', grantor: 'b', isGrantable: true }),
        grant({ grantee: 'b', grantor: 'a', isGrantable: true }),
        grant({ grantor: 'a' }),
      ],
      finding: {
        kind: 'isolation',
        text: 'Role a has CONNECT on database users_db, granted by b. It granted this to b, neighbour.',
        remedy: {
          role: 'b',
          database: 'postgres',
          sql: 'REVOKE CONNECT ON DATABASE "users_db" FROM "a" CASCADE;',
        },
      },
    },
    {
      source: 'members give each other ADMIN OPTION in a circle',
      undeclared: {
        members: [
          member({ member: 'a', grantor: 'b', isAdmin: true }),
          member({ member: 'b', grantor: 'a', isAdmin: true }),
          member({ grantor: 'a' }),
        ],
      },
      finding: {
        kind: 'isolation',
        text: 'Role a is a member of users, granted by b with ADMIN OPTION. It granted this to b, jane.',
      },
    },
  ])('$source', ({ undeclared = {}, grants, server, finding }) => {
    expect(findingsOf(undeclared, { server, grants })).toEqual([
      expect.objectContaining(finding),
    ]);
  });

  it('names a statement that works before the planned changes, too', () => {
    const [finding] = findingsOf(
      {},
      { grants: [grant()], now: [grant({ isGrantable: true })] },
    );
    expect(finding.remedy?.sql).toBe(
      'REVOKE CONNECT ON DATABASE "users_db" FROM "neighbour" CASCADE;',
    );
  });

  it('leaves out members of a login that only reads', () => {
    expect(
      findingsOf(
        { members: [member({ role: MASTER })] },
        { server: { canCreateDatabases: false, canCreateRoles: false } },
      ),
    ).toEqual([]);
  });

  it('leaves out other roles and databases', () => {
    expect(
      findingsOf({
        members: [member({ role: 'others' })],
        owners: [owned({ database: 'others_db' })],
      }),
    ).toEqual([]);
  });
});

describe('owners of objects inside (CASES 10: knex-db-manager #50, ldap2pg #398)', () => {
  it.each<{
    source: string;
    owners: ObjectCount[];
    text: RegExp;
    remedy?: Finding['remedy'];
  }>([
    {
      source: 'the master owns the tables',
      owners: [owned({ owner: MASTER, isFormerOwner: true })],
      text: /^In database users_db another role, the "master", owns 2 tables, views and sequences\. --adopt moves them\.$/,
    },
    {
      source: 'a third role owns them',
      owners: [owned(), owned({ kind: 'schema', count: 1 })],
      text: /jane, owns 2 tables, views and sequences, 1 schema\. --adopt moves them once jane is granted to the master\.$/,
      remedy: {
        role: MASTER,
        database: 'postgres',
        sql: 'GRANT "jane" TO "the ""master""";',
      },
    },
    {
      source: 'a third role that the master may not grant',
      owners: [owned({ isOursToGrant: false })],
      text: /jane/,
      remedy: {
        role: 'rdsadmin',
        database: 'postgres',
        sql: 'GRANT "jane" TO "the ""master""";',
      },
    },
    {
      source: "a superuser or another app's role, which nobody grants",
      owners: [owned({ isNeverGranted: true })],
      text: /--adopt doesn't move what belongs to a superuser or to another app's role\.$/,
    },
    {
      source: 'extensions have no ALTER … OWNER TO',
      owners: [
        owned({
          owner: MASTER,
          isFormerOwner: true,
          kind: 'extension',
          count: 1,
        }),
      ],
      text: /owns 1 extension\. Apps may use them all the same\.$/,
    },
  ])('$source', ({ owners, text, remedy }) => {
    const findings = findingsOf({ owners });
    expect(findings).toEqual([
      {
        kind: 'told',
        text: expect.stringMatching(text),
        ...(remedy ? { remedy } : {}),
      },
    ]);
  });
});
