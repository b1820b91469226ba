import { ServiceUnavailableError } from '@backstage/errors';
import { explainLoginFailure, FailedLogin, SeenAtLogin } from './loginFailure';
import { SqlError } from './sqlState';

const LOGIN: FailedLogin = {
  databaseName: 'users_db',
  username: 'users',
  declaredLimit: -1,
  hadDatabase: true,
};
const ROLE = {
  canLogin: true,
  connectionLimit: -1,
  sessions: 0,
  isIamOnly: false,
};
const DATABASE = {
  name: 'users_db',
  owner: 'users',
  connectionLimit: -1,
  allowsConnections: true,
  sessions: 0,
};
const SEEN: SeenAtLogin = {
  role: ROLE,
  database: DATABASE,
  isInRecovery: false,
  freeConnections: 10,
};

const explain = (
  code: string,
  seen: SeenAtLogin | undefined = SEEN,
  login: Partial<FailedLogin> = {},
) =>
  explainLoginFailure(
    new SqlError('words of the server', code),
    { ...LOGIN, ...login },
    seen,
  );
/** The meaning in one word; `all` where no other login can be seen either. */
const meaningOf = (...given: Parameters<typeof explain>) => {
  const failure = explain(...given);
  return failure.meaning === 'not seen' && failure.isServerWide
    ? 'not seen, all'
    : failure.meaning;
};

describe('explainLoginFailure', () => {
  it.each([
    // auth.c, auth_failed
    ['28P01', 'wrong password', 'auth.c: password, md5, scram-sha-256'],
    ['28000', 'shut out', 'auth.c: pg_hba.conf, PAM, LDAP, certificate'],
    // postinit.c
    ['42501', 'shut out', 'postinit.c: no CONNECT'],
    ['55000', 'shut out', 'postinit.c: datallowconn; a trigger'],
    ['3D000', 'not seen', 'postinit.c: dropped meanwhile'],
    ['53300', 'not seen', 'postinit.c, proc.c: a limit that has room again'],
    ['57P03', 'not seen, all', 'backend_startup.c: starting, stopping'],
    ['57P01', 'not seen, all', 'postgres.c: pg_ctl stop -m fast'],
    ['57P02', 'not seen, all', 'postgres.c: another backend crashed'],
    ['57P04', 'not seen', 'postgres.c: DROP DATABASE WITH (FORCE)'],
    ['57P05', 'not seen', 'postgres.c: idle_session_timeout'],
    ['57000', 'not seen, all', 'errcodes: operator intervention'],
    ['57014', 'shut out', 'postgres.c: statement_timeout of the role'],
    // Resources, errcodes.txt class 53
    ['53000', 'not seen', 'errcodes'],
    ['53100', 'not seen', 'md.c: no space left on device'],
    ['53200', 'not seen', 'mcxt.c: out of memory'],
    ['53400', 'not seen', 'errcodes'],
    // The connection itself, class 08
    ['08000', 'not seen, all', 'errcodes'],
    ['08001', 'not seen, all', 'errcodes'],
    ['08003', 'not seen, all', 'errcodes'],
    ['08004', 'not seen, all', 'errcodes: rejected, as by a pooler'],
    ['08006', 'not seen, all', 'cloudnative-pg #5073'],
    ['08007', 'not seen, all', 'errcodes'],
    ['08P01', 'not seen, all', 'PgBouncer: server login failed'],
    ['0A000', 'not seen', 'backend_startup.c: protocol; RDS Proxy'],
    // Conflicts that pass
    ['40001', 'not seen', 'errcodes: conflict with recovery'],
    ['40P01', 'not seen', 'deadlock.c'],
    ['55006', 'not seen', 'dbcommands.c: the database is in use'],
    ['55P03', 'not seen', 'lock.c: lock_timeout at ALTER DATABASE'],
    // The server is not well
    ['58000', 'not seen', 'errcodes: system error'],
    ['58030', 'not seen', 'fd.c: I/O error'],
    ['58P01', 'shut out', 'dfmgr.c: session_preload_libraries'],
    ['F0000', 'not seen', 'postinit.c: pg_hba.conf could not be loaded'],
    ['F0001', 'not seen', 'miscinit.c: the lock file'],
    ['XX000', 'not seen', 'elog'],
    ['XX001', 'not seen', 'data corrupted'],
    ['XX002', 'not seen', 'index corrupted'],
    ['00000', 'not seen', 'errcodes'],
    ['01000', 'not seen', 'errcodes: a warning is no error'],
    ['', 'not seen', 'a server that gives no SQLSTATE'],
    // After the password: what runs at the login, or its settings
    ['P0001', 'shut out', 'event_trigger.c: ON login raises'],
    ['P0000', 'shut out', 'a login trigger in PL/pgSQL'],
    ['P0004', 'shut out', 'a login trigger: ASSERT'],
    ['25006', 'shut out', 'a login trigger writes, and the role is read-only'],
    ['23505', 'shut out', 'a login trigger: duplicate key'],
    ['42P01', 'shut out', 'a login trigger: its table is gone'],
    ['42883', 'shut out', 'a login trigger: a function is gone'],
    ['42704', 'shut out', 'ALTER ROLE SET role of one that is gone'],
    ['22023', 'shut out', 'guc.c: invalid value of a setting'],
    ['22P02', 'shut out', 'a login trigger: invalid text'],
    ['55P02', 'shut out', 'guc.c: a setting that may not change now'],
    ['54001', 'shut out', 'a login trigger: statement too complex'],
    ['38000', 'shut out', 'a login trigger: external routine'],
    ['2F000', 'shut out', 'a login trigger: SQL routine'],
    ['0L000', 'shut out', 'errcodes: invalid grantor'],
    ['0P000', 'shut out', 'errcodes: invalid role specification'],
    ['25P04', 'shut out', 'postgres.c: transaction_timeout of the role'],
    ['ZZ999', 'shut out', "an extension's own"],
  ])('%s: %s (%s)', (code, meaning) => {
    expect(meaningOf(code)).toBe(meaning);
  });

  it('tells a missing library from what else shuts a role out', () => {
    expect(explain('58P01')).toHaveProperty('missesLibrary', true);
    expect(explain('P0001')).not.toHaveProperty('missesLibrary');
  });

  it('leaves everything open that has no SQLSTATE', () => {
    expect(
      explainLoginFailure(
        new ServiceUnavailableError('h:5432: no answer within 15 s.'),
        LOGIN,
        undefined,
      ),
    ).toEqual({
      meaning: 'not seen',
      cause: 'h:5432: no answer within 15 s.',
      isServerWide: true,
    });
  });

  it('decides by no word of the text', () => {
    for (const text of [
      'password authentication failed',
      'too many connections for role',
      'timeout',
    ]) {
      expect(
        explainLoginFailure(new SqlError(text, '57P03'), LOGIN, SEEN).meaning,
      ).toBe('not seen');
    }
  });

  it.each<{
    reason: string;
    code: string;
    seen: Partial<SeenAtLogin>;
    login?: Partial<FailedLogin>;
    meaning: string;
    words: string;
    sql?: string;
  }>([
    {
      reason: 'the limit of the database, 0 (supabase #43855)',
      code: '53300',
      seen: { database: { ...DATABASE, connectionLimit: 0 } },
      meaning: 'shut out',
      words:
        "Database users_db has CONNECTION LIMIT 0, which the entry doesn't declare.",
      sql: 'ALTER DATABASE "users_db" CONNECTION LIMIT -1;',
    },
    {
      reason: 'the limit of the database, used up',
      code: '53300',
      seen: { database: { ...DATABASE, connectionLimit: 1, sessions: 1 } },
      meaning: 'shut out',
      words: 'and 1 sessions use it up',
      sql: 'ALTER DATABASE "users_db" CONNECTION LIMIT -1;',
    },
    {
      reason: 'the limit of the database, with room again',
      code: '53300',
      seen: { database: { ...DATABASE, connectionLimit: 2, sessions: 1 } },
      meaning: 'not seen',
      words: 'no longer is',
    },
    {
      reason: 'the limit of the role, declared and used up',
      code: '53300',
      seen: { role: { ...ROLE, connectionLimit: 2, sessions: 2 } },
      login: { declaredLimit: 2 },
      meaning: 'not seen',
      words:
        'the CONNECTION LIMIT 2 of users, as its entry declares it, is used up by 2 sessions',
    },
    {
      reason: 'the limit of the role, not declared',
      code: '53300',
      seen: { role: { ...ROLE, connectionLimit: 0 } },
      meaning: 'shut out',
      words: 'it has CONNECTION LIMIT 0, and its entry declares -1',
    },
    {
      reason: 'a declared limit and one of the database: what is seen wins',
      code: '53300',
      seen: {
        role: { ...ROLE, connectionLimit: 2, sessions: 2 },
        database: { ...DATABASE, connectionLimit: 0 },
      },
      login: { declaredLimit: 2 },
      meaning: 'shut out',
      words: 'Database users_db has CONNECTION LIMIT 0',
      sql: 'ALTER DATABASE "users_db" CONNECTION LIMIT -1;',
    },
    {
      reason: 'a full instance',
      code: '53300',
      seen: { freeConnections: 0 },
      meaning: 'not seen',
      words: 'the instance has no free connection',
    },
    {
      reason: 'reserved connections are left only',
      code: '53300',
      seen: { freeConnections: -3 },
      meaning: 'not seen',
      words: 'the instance has no free connection',
    },
    {
      reason: 'a closed database',
      code: '55000',
      seen: { database: { ...DATABASE, allowsConnections: false } },
      meaning: 'shut out',
      words: 'accepts no connections',
      sql: 'ALTER DATABASE "users_db" ALLOW_CONNECTIONS true;',
    },
    {
      reason: 'an invalid database',
      code: '55000',
      seen: { database: { ...DATABASE, connectionLimit: -2 } },
      meaning: 'shut out',
      words: 'is invalid',
      sql: 'DROP DATABASE "users_db";',
    },
    {
      reason: 'NOLOGIN since it was read',
      code: '28000',
      seen: { role: { ...ROLE, canLogin: false } },
      meaning: 'shut out',
      words: 'it has NOLOGIN',
    },
    {
      reason: 'a member of rds_iam (movetokube/postgres-operator #315)',
      code: '28000',
      seen: { role: { ...ROLE, isIamOnly: true } },
      meaning: 'shut out',
      words: 'member of rds_iam',
    },
    {
      reason: 'pg_hba.conf',
      code: '28000',
      seen: {},
      meaning: 'shut out',
      words: 'pg_hba.conf',
    },
    {
      reason: 'a role that was dropped since',
      code: '28000',
      seen: { role: undefined },
      meaning: 'not seen',
      words: 'role users disappeared meanwhile',
    },
    {
      reason: 'a failover to a standby',
      code: '25006',
      seen: { isInRecovery: true },
      meaning: 'not seen',
      words: 'has become a standby',
    },
  ])('$reason', ({ code, seen, login, meaning, words, sql }) => {
    const failure = explain(code, { ...SEEN, ...seen }, login);
    expect(failure.meaning).toBe(meaning);
    expect(JSON.stringify(failure)).toContain(words);
    if (failure.meaning === 'shut out')
      expect(failure.finding.remedy?.sql).toBe(sql);
  });

  it('knows the password is right when the database is still to be made', () => {
    expect(meaningOf('3D000', SEEN, { hadDatabase: false })).toBe(
      'database missing',
    );
  });

  it.each(['28000', '3D000', '42501', '53300', '55000', '25006'])(
    '%s says nothing where the master can not look',
    code => {
      expect(
        explainLoginFailure(new SqlError('no', code), LOGIN, undefined).meaning,
      ).toBe('not seen');
    },
  );
});
