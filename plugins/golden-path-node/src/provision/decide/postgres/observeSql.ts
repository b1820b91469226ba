import { MARK_BEGINS } from '../mark';
import { ADMIN_OPTION_VERSION } from '../observation';
import { quoteLiteral } from './sql';

/** One row, named as `ObservedServer`. */
export const OBSERVE_SERVER = `
SELECT current_setting('server_version_num')::int AS "version",
       current_setting('server_version') AS "versionName",
       current_user::text AS "currentUser",
       r.rolsuper AS "isSuperuser",
       r.rolsuper OR r.rolcreatedb AS "canCreateDatabases",
       r.rolsuper OR r.rolcreaterole AS "canCreateRoles",
       pg_is_in_recovery() AS "isInRecovery",
       pg_backend_pid() AS "backendPid",
       (current_setting('max_connections')::int
         - current_setting('superuser_reserved_connections')::int
         - coalesce(current_setting('reserved_connections', true), '0')::int
         - (SELECT sum(numbackends) FROM pg_stat_database))::int AS "freeConnections"
  FROM pg_roles r
 WHERE r.rolname = current_user`;

/**
 * Whether the master has the admin option on a role, itself or by a role that it is a member of. The server's own
 * `pg_has_role(…, 'MEMBER WITH ADMIN OPTION')` walks through all memberships of the master anew for every role.
 */
const hasAdminOptionSql = (role: string): string => `(m.rolsuper OR EXISTS (
            SELECT FROM pg_auth_members x
             WHERE x.roleid = ${role} AND x.admin_option AND pg_has_role(x.member, 'MEMBER')))`;

/** Rows named as `ObservedRole`, for the names in $1. `version` is the server's major one. */
export const observeRoles = (version: number): string => {
  const mayAlter =
    version >= ADMIN_OPTION_VERSION
      ? hasAdminOptionSql('r.oid')
      : `m.rolsuper OR m.rolcreaterole`;
  const maySetRole =
    version >= ADMIN_OPTION_VERSION
      ? `pg_has_role(r.oid, 'SET')`
      : `pg_has_role(r.oid, 'MEMBER')`;
  // Since 16 only those with the privileges of the grantor take back what it gave.
  const mayEnd =
    version >= ADMIN_OPTION_VERSION
      ? `pg_has_role(a.grantor, 'USAGE') AND ${hasAdminOptionSql('a.roleid')}`
      : `${hasAdminOptionSql('a.roleid')}
          OR (m.rolcreaterole AND NOT (SELECT g.rolsuper FROM pg_roles g WHERE g.oid = a.roleid))`;
  return `
SELECT r.rolname::text AS "name",
       shobj_description(r.oid, 'pg_authid') AS "comment",
       r.rolcanlogin AS "canLogin",
       r.rolcreatedb AS "createdb",
       r.rolcreaterole AS "createrole",
       array_remove(ARRAY[
         CASE WHEN r.rolsuper THEN 'SUPERUSER' END,
         CASE WHEN r.rolreplication THEN 'REPLICATION' END,
         CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END], NULL) AS "powers",
       r.rolconnlimit AS "connectionLimit",
       coalesce(r.rolvaliduntil <> 'infinity', false) AS "expires",
       (SELECT coalesce(json_agg(json_build_object(
                 'role', pg_get_userbyid(a.roleid), 'grantor', pg_get_userbyid(a.grantor), 'isOursToEnd', ${mayEnd})
               ORDER BY a.roleid, a.grantor), '[]')
          FROM pg_auth_members a
         WHERE a.member = r.oid) AS "memberOf",
       ${mayAlter} AS "isOursToAlter",
       pg_has_role(r.oid, 'USAGE') AND ${maySetRole} AS "isOursToActAs"
  FROM pg_roles r, pg_roles m
 WHERE r.rolname = ANY ($1::text[]) AND m.rolname = current_user`;
};

/** Rows named as `ObservedDatabase`, for the names in $1. */
export const OBSERVE_DATABASES = `
SELECT d.datname::text AS "name",
       pg_get_userbyid(d.datdba)::text AS "owner",
       pg_encoding_to_char(d.encoding)::text AS "encoding",
       ARRAY(SELECT DISTINCT a.privilege_type FROM aclexplode(acl.acl) a
              WHERE a.grantee = 0 ORDER BY 1) AS "publicPrivileges",
       ARRAY(SELECT DISTINCT a.privilege_type FROM aclexplode(acl.acl) a
              WHERE a.grantee = d.datdba ORDER BY 1) AS "ownerPrivileges"
  FROM pg_database d,
       LATERAL (SELECT coalesce(d.datacl, acldefault('d', d.datdba)) AS acl) acl
 WHERE d.datname = ANY ($1::text[])`;

/** Names of databases that everyone may enter, without those that are meant to be entered and those in $1. */
export const OBSERVE_OPEN_DATABASES = `
SELECT d.datname::text AS "name"
  FROM pg_database d
 WHERE d.datallowconn AND NOT d.datistemplate
   AND d.datname NOT IN ('postgres', 'rdsadmin')
   AND d.datname <> ALL ($1::text[])
   AND EXISTS (SELECT FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
                WHERE a.grantee = 0 AND a.privilege_type = 'CONNECT')
 ORDER BY 1`;

/** Where in the database that we are in everyone may create, named as in a GRANT. */
export const OBSERVE_OPEN_TO_CREATE = `
SELECT 'SCHEMA public' AS "name"
  FROM pg_namespace n
 WHERE n.nspname = 'public' AND has_schema_privilege('public', n.oid, 'CREATE')
UNION ALL
SELECT 'DATABASE ' || quote_ident(current_database())
 WHERE has_database_privilege('public', current_database(), 'CREATE')`;

/** Roles with our mark, whatever environment it is of, without those in $1. */
export const OBSERVE_MARKED_ROLES = `
SELECT r.rolname::text AS "name", s.description AS "comment"
  FROM pg_roles r JOIN pg_shdescription s ON s.objoid = r.oid AND s.classoid = 'pg_authid'::regclass
 WHERE starts_with(s.description, ${quoteLiteral(MARK_BEGINS)})
   AND r.rolname <> ALL ($1::text[])
 ORDER BY 1`;

/** One row about schema public of the database that we are in, as a role sees it from inside; none where it is gone. */
export const OBSERVE_INSIDE = `
SELECT pg_get_userbyid(n.nspowner)::text AS "owner",
       has_schema_privilege('public', n.oid, 'CREATE') AS "isPublicWritable"
  FROM pg_namespace n
 WHERE n.nspname = 'public'`;

/** What OBSERVE_INSIDE found wrong, a line each. In schema public of 15 and later nobody creates but the owner of the database. */
export const describeSchemaProblems = (
  database: string,
  username: string,
  schema: { owner: string; isPublicWritable: boolean } | undefined,
): string[] => {
  if (!schema) return [];
  const { owner, isPublicWritable } = schema;
  const findings: string[] = [];
  if (owner !== 'pg_database_owner' && owner !== username) {
    findings.push(
      `In database ${database} the schema public belongs to ${owner}. Whoever may, has to run there: ALTER SCHEMA public OWNER TO pg_database_owner;`,
    );
  }
  if (isPublicWritable) {
    findings.push(
      `In database ${database} everyone may create in schema public. Its owner has to run there: REVOKE CREATE ON SCHEMA public FROM PUBLIC;`,
    );
  }
  return findings;
};

/**
 * The two halves of the advisory lock's key: "gold" and "path" in ASCII. Advisory locks are per database, so it is
 * always taken in `postgres`.
 */
const LOCK_KEY = [0x676f6c64, 0x70617468];
/**
 * "gold" and "work": shared by the sessions that make a run's changes. Where a run was killed, the server still finishes
 * the statement that it was at; whoever has taken the lock waits for that too.
 */
const WORK_KEY = [LOCK_KEY[0], 0x776f726b];
const LOCK = LOCK_KEY.join(', ');
const WORK = WORK_KEY.join(', ');

/**
 * What others set for the instance or the master must cut neither a CREATE DATABASE nor the waiting. Servers before 17
 * don't know this one, so that it can't be set with the others as a session begins.
 */
const NO_TRANSACTION_TIMEOUT = `CASE WHEN current_setting('server_version_num')::int >= 170000
            THEN set_config('transaction_timeout', '0', false) END`;

/** One row, `{isLocked}`; doesn't wait. */
export const TRY_LOCK = `
SELECT ${NO_TRANSACTION_TIMEOUT},
       CASE WHEN pg_try_advisory_lock(${LOCK}) THEN pg_try_advisory_lock(${WORK}) ELSE false END AS "isLocked"`;

/** Waits in the server's queue, as long as `lock_timeout` lets it. */
export const WAIT_FOR_LOCK = `SELECT pg_advisory_lock(${LOCK}), pg_advisory_lock(${WORK})`;

/** Once the lock is taken: nobody else is at work any more, and our own sessions may begin. */
export const RELEASE_WORK = `SELECT pg_advisory_unlock(${WORK})`;

/** Said first by each session that makes changes. */
export const JOIN_WORK = `
SELECT ${NO_TRANSACTION_TIMEOUT},
       pg_advisory_lock_shared(${WORK})`;

/** The first row says who holds the lock, or is at work still, and for how many seconds it has been connected. */
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
