import type { Finding } from '../finding';
import type { SchemaPublic } from './insideSql';
import { ADMIN_OPTION_VERSION } from '../observation';
import { quoteLiteral } from './sql';

/** Connections that a role without reserved ones may still open. */
const FREE_CONNECTIONS = `(current_setting('max_connections')::int
         - current_setting('superuser_reserved_connections')::int
         - coalesce(current_setting('reserved_connections', true), '0')::int
         - (SELECT sum(numbackends) FROM pg_stat_database))::int`;

const sessionsOf = (role: string): string =>
  `(SELECT count(*) FROM pg_stat_activity a WHERE a.usesysid = ${role})::int`;

/** One row with the columns of `ObservedServer`. */
export const OBSERVE_SERVER = `
SELECT current_setting('server_version_num')::int AS "version",
       current_setting('server_version') AS "versionName",
       current_user::text AS "currentUser",
       r.rolsuper AS "isSuperuser",
       r.rolsuper OR r.rolcreatedb AS "canCreateDatabases",
       r.rolsuper OR r.rolcreaterole AS "canCreateRoles",
       pg_is_in_recovery() AS "isInRecovery",
       pg_backend_pid() AS "backendPid",
       ${FREE_CONNECTIONS} AS "freeConnections",
       r.rolconnlimit AS "masterLimit",
       ${sessionsOf('r.oid')} AS "masterSessions",
       d.datconnlimit AS "lockDatabaseLimit",
       pg_stat_get_db_numbackends(d.oid) AS "lockDatabaseSessions",
       pg_get_userbyid(10)::text AS "superuser"
  FROM pg_roles r, pg_database d
 WHERE r.rolname = current_user AND d.datname = current_database()`;

/** One row with the columns of `LookAtLogin`, for the role $1 and the database $2. */
export const LOOK_AT_LOGIN = `
SELECT r.rolcanlogin AS "canLogin",
       r.rolconnlimit AS "roleLimit",
       ${sessionsOf('r.oid')} AS "roleSessions",
       EXISTS (SELECT FROM pg_roles i
                WHERE i.rolname = 'rds_iam' AND pg_has_role(r.oid, i.oid, 'MEMBER')) AS "isIamOnly",
       d.datname::text AS "databaseName",
       pg_get_userbyid(d.datdba)::text AS "owner",
       d.datconnlimit AS "databaseLimit",
       d.datallowconn AS "allowsConnections",
       pg_stat_get_db_numbackends(d.oid) AS "databaseSessions",
       pg_is_in_recovery() AS "isInRecovery",
       ${FREE_CONNECTIONS} AS "freeConnections"
  FROM (SELECT) one
  LEFT JOIN pg_roles r ON r.rolname = $1::text
  LEFT JOIN pg_database d ON d.datname = $2::text`;

/** The row of {@link LOOK_AT_LOGIN}: null where role or database is missing. */
export interface LookAtLogin {
  canLogin: boolean | null;
  roleLimit: number;
  roleSessions: number;
  isIamOnly: boolean;
  databaseName: string | null;
  owner: string;
  databaseLimit: number;
  allowsConnections: boolean;
  databaseSessions: number;
  isInRecovery: boolean;
  freeConnections: number;
}

/**
 * Whether the master has ADMIN OPTION on a role, directly or through another role. The server's own
 * `pg_has_role(…, 'MEMBER WITH ADMIN OPTION')` reads all memberships of the master again for every role.
 */
export const hasAdminOptionSql = (
  role: string,
): string => `(m.rolsuper OR EXISTS (
            SELECT FROM pg_auth_members x
             WHERE x.roleid = ${role} AND x.admin_option AND pg_has_role(x.member, 'MEMBER')))`;

/** The beginning of a query with the columns of `RoleAttributes`, of pg_roles r. */
export const SELECT_ROLE = `
SELECT r.rolname::text AS "name",
       shobj_description(r.oid, 'pg_authid') AS "comment",
       r.rolcanlogin AS "canLogin",
       r.rolcreatedb AS "createdb",
       r.rolcreaterole AS "createrole",
       r.rolinherit AS "inherits",
       array_remove(ARRAY[
         CASE WHEN r.rolsuper THEN 'SUPERUSER' END,
         CASE WHEN r.rolreplication THEN 'REPLICATION' END,
         CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END], NULL) AS "powers",
       r.rolconnlimit AS "connectionLimit",
       coalesce(r.rolvaliduntil <> 'infinity', false) AS "expires"`;

/** Rows with the columns of `ObservedRole`, for the names in $1. `version`: the server's major version. */
export const observeRoles = (version: number): string => {
  const mayAlter =
    version >= ADMIN_OPTION_VERSION
      ? hasAdminOptionSql('r.oid')
      : `m.rolsuper OR m.rolcreaterole`;
  const maySetRole =
    version >= ADMIN_OPTION_VERSION
      ? `pg_has_role(r.oid, 'SET')`
      : `pg_has_role(r.oid, 'MEMBER')`;
  // Since 16 a grant is revoked only by roles that have the privileges of its grantor.
  const mayEnd =
    version >= ADMIN_OPTION_VERSION
      ? `pg_has_role(a.grantor, 'USAGE') AND ${hasAdminOptionSql('a.roleid')}`
      : `${hasAdminOptionSql('a.roleid')}
          OR (m.rolcreaterole AND NOT (SELECT g.rolsuper FROM pg_roles g WHERE g.oid = a.roleid))`;
  const besides =
    version >= ADMIN_OPTION_VERSION
      ? `(SELECT coalesce(json_agg(json_build_object(
                 'role', pg_get_userbyid(b.roleid), 'member', pg_get_userbyid(b.member),
                 'grantor', pg_get_userbyid(b.grantor), 'isAdmin', b.admin_option,
                 'isOursToEnd', pg_has_role(b.grantor, 'USAGE'))
               ORDER BY b.roleid, b.oid), '[]')
          FROM pg_auth_members b
         WHERE b.member <> r.oid
           AND b.roleid IN (SELECT a.roleid FROM memberships a WHERE a.member = r.oid AND a.admin_option))`
      : `json_build_array()`;
  // Selected once: the server would read all memberships again for every role.
  return `
WITH memberships AS MATERIALIZED (
  SELECT a.roleid, a.member, a.grantor, a.admin_option
    FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.member
   WHERE r.rolname = ANY ($1::text[])
)${SELECT_ROLE},
       (SELECT coalesce(json_agg(json_build_object(
                 'role', pg_get_userbyid(a.roleid), 'grantor', pg_get_userbyid(a.grantor), 'isAdmin', a.admin_option,
                 'isOursToEnd', ${mayEnd})
               ORDER BY a.roleid, a.grantor), '[]')
          FROM memberships a
         WHERE a.member = r.oid) AS "memberOf",
       ${besides} AS "besides",
       ${mayAlter} AS "isOursToAlter",
       pg_has_role(r.oid, 'USAGE') AND ${maySetRole} AS "isOursToActAs"
  FROM pg_roles r, pg_roles m
 WHERE r.rolname = ANY ($1::text[]) AND m.rolname = current_user`;
};

/** Rows with the columns of `ObservedDatabase`, for the names in $1. */
export const OBSERVE_DATABASES = `
SELECT d.datname::text AS "name",
       pg_get_userbyid(d.datdba)::text AS "owner",
       pg_encoding_to_char(d.encoding)::text AS "encoding",
       d.datconnlimit AS "connectionLimit",
       d.datallowconn AS "allowsConnections",
       pg_stat_get_db_numbackends(d.oid) AS "sessions",
       (SELECT coalesce(json_agg(json_build_object(
                 'grantee', CASE WHEN a.grantee <> 0 THEN pg_get_userbyid(a.grantee) END,
                 'grantor', pg_get_userbyid(a.grantor),
                 'privilege', a.privilege_type,
                 'isGrantable', a.is_grantable,
                 'isOwnersMember', a.grantor <> d.datdba AND pg_has_role(a.grantor, d.datdba, 'USAGE'),
                 'isMastersMember', a.grantor <> d.datdba AND pg_has_role(a.grantor, m.oid, 'USAGE'),
                 'inherits', CASE WHEN a.grantor = d.datdba THEN json_build_array() ELSE (
                   SELECT coalesce(json_agg(DISTINCT pg_get_userbyid(x.grantee)), '[]')
                     FROM aclexplode(d.datacl) x
                    WHERE x.is_grantable AND x.grantee <> a.grantor AND pg_has_role(a.grantor, x.grantee, 'USAGE')) END)
               ORDER BY a.grantee, a.grantor, a.privilege_type), '[]')
          FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a) AS "grants"
  FROM pg_database d, pg_roles m
 WHERE d.datname = ANY ($1::text[]) AND m.rolname = current_user`;

/** Prepares {@link observeOne} in a session, so that the server doesn't parse it each time. */
export const prepareObserveOne = (version: number): string => `
PREPARE observe_roles (text[]) AS ${observeRoles(version)};
PREPARE observe_databases (text[]) AS ${OBSERVE_DATABASES}`;

/** Two statements: the rows of `observeRoles` and of OBSERVE_DATABASES for one role and one database. */
export const observeOne = (username: string, databaseName: string): string =>
  `EXECUTE observe_roles (ARRAY[${quoteLiteral(
    username,
  )}]); EXECUTE observe_databases (ARRAY[${quoteLiteral(databaseName)}])`;

/** Databases on which PUBLIC has CONNECT, without the server's own and those in $1. */
export const OBSERVE_OPEN_DATABASES = `
SELECT d.datname::text AS "name"
  FROM pg_database d
 WHERE d.datallowconn AND NOT d.datistemplate
   AND d.datname NOT IN ('postgres', 'rdsadmin')
   AND d.datname <> ALL ($1::text[])
   AND EXISTS (SELECT FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
                WHERE a.grantee = 0 AND a.privilege_type = 'CONNECT')
 ORDER BY 1`;

/** Where PUBLIC has CREATE in the current database, named as in a GRANT. */
export const OBSERVE_OPEN_TO_CREATE = `
SELECT 'SCHEMA public' AS "name"
  FROM pg_namespace n
 WHERE n.nspname = 'public' AND has_schema_privilege('public', n.oid, 'CREATE')
UNION ALL
SELECT 'DATABASE ' || quote_ident(current_database())
 WHERE has_database_privilege('public', current_database(), 'CREATE')`;

/**
 * Describes the problems of schema public. Since 15 only the database owner creates in schema
 * public.
 * @param superuser - the bootstrap superuser
 */
export const describeSchemaProblems = (
  database: string,
  username: string,
  schema: SchemaPublic | undefined,
  superuser: string,
): Finding[] => {
  if (!schema) return [];
  const { owner, isPublicWritable } = schema;
  const findings: Finding[] = [];
  if (owner !== 'pg_database_owner' && owner !== username) {
    findings.push({
      kind: 'drift',
      text: `In database ${database} the owner of schema public is ${owner}.`,
      // Nobody else may be able to SET ROLE to pg_database_owner.
      remedy: {
        role: superuser,
        database,
        sql: 'ALTER SCHEMA public OWNER TO pg_database_owner;',
      },
    });
  }
  if (isPublicWritable) {
    findings.push({
      kind: 'drift',
      text: `In database ${database} PUBLIC has CREATE on schema public.`,
      remedy: {
        role: owner === 'pg_database_owner' ? username : owner,
        database,
        sql: 'REVOKE CREATE ON SCHEMA public FROM PUBLIC;',
      },
    });
  }
  return findings;
};

/**
 * The two halves of the advisory lock's key: "gold" and "path" in ASCII. Advisory locks are per database, so every run
 * takes it in `postgres`.
 */
const LOCK_KEY = [0x676f6c64, 0x70617468];
/**
 * "gold" and "work": shared by the sessions that apply a run's changes. After a run is killed, the server still
 * finishes its current statement; the next run waits for that too.
 */
const WORK_KEY = [LOCK_KEY[0], 0x776f726b];
const LOCK = LOCK_KEY.join(', ');
const WORK = WORK_KEY.join(', ');

/** One row, `{isLocked}`. Doesn't wait. */
export const TRY_LOCK = `
SELECT CASE WHEN pg_try_advisory_lock(${LOCK}) THEN pg_try_advisory_lock(${WORK}) ELSE false END AS "isLocked"`;

/** Waits in the server's queue, up to `lock_timeout`. */
export const WAIT_FOR_LOCK = `SELECT pg_advisory_lock(${LOCK}), pg_advisory_lock(${WORK})`;

/** One row while the server works for the session of ours with process id $1, or may still read its last message. */
export const OBSERVE_BACKEND = `
SELECT FROM pg_stat_activity
 WHERE pid = $1 AND application_name = current_setting('application_name')
   AND (state <> 'idle' OR state_change > now() - interval '1 s')`;

/** Run after taking the lock: no other run is active, and this run's sessions may start. */
export const RELEASE_WORK = `SELECT pg_advisory_unlock(${WORK})`;

/** First statement of each session that applies changes. */
export const JOIN_WORK = `SELECT pg_advisory_lock_shared(${WORK})`;

/** One row: the session that holds the lock or still works, and its connection time in seconds. */
export const OBSERVE_LOCK_HOLDER = `
SELECT l.pid AS "pid",
       coalesce(a.application_name, '') AS "application",
       coalesce(a.client_addr::text, '') AS "address",
       coalesce(extract(epoch FROM now() - a.backend_start), 0)::int AS "seconds"
  FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
 WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.pid <> pg_backend_pid()
   AND l.classid = ${LOCK_KEY[0]} AND l.objid IN (${LOCK_KEY[1]}, ${WORK_KEY[1]})
   AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
 ORDER BY l.objid
 LIMIT 1`;
