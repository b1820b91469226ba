import { MARK_BEGINS } from '../mark';
import { ADMIN_OPTION_VERSION } from '../observation';
import { hasAdminOptionSql } from './observeSql';
import { quoteIdentifier, quoteLiteral } from './sql';

/**
 * Rows with the columns of `MarkedRole`: roles with a mark of any environment, but those in $1. `version`: the server's
 * major version. Sessions and databases are counted once for all roles: a thousand roles own a thousand databases.
 */
export const observeMarkedRoles = (version: number): string => `
SELECT r.rolname::text AS "name",
       s.description AS "comment",
       r.rolcanlogin AS "canLogin",
       coalesce(a.count, 0) AS "sessions",
       coalesce(d.names, '{}') AS "databases",
       r.rolsuper OR r.rolreplication OR r.rolbypassrls AS "hasPowers",
       r.oid = m.oid AS "isMaster",
       ${
         version >= ADMIN_OPTION_VERSION
           ? hasAdminOptionSql('r.oid')
           : 'm.rolsuper OR m.rolcreaterole'
       } AS "isOursToAlter",
       m.rolsuper OR pg_has_role('pg_signal_backend', 'USAGE') OR pg_has_role(r.oid, 'USAGE') AS "maySignal"
  FROM pg_roles r
  JOIN pg_shdescription s ON s.objoid = r.oid AND s.classoid = 'pg_authid'::regclass
  JOIN pg_roles m ON m.rolname = current_user
  LEFT JOIN (SELECT usesysid, count(*)::int AS count FROM pg_stat_activity GROUP BY usesysid) a ON a.usesysid = r.oid
  LEFT JOIN (SELECT datdba, array_agg(datname::text ORDER BY datname::text) AS names FROM pg_database GROUP BY datdba) d
    ON d.datdba = r.oid
 WHERE starts_with(s.description, ${quoteLiteral(MARK_BEGINS)})
   AND r.rolname::text <> ALL ($1::text[])
 ORDER BY 1`;

export const lockRoleSql = (role: string): string =>
  `ALTER ROLE ${quoteIdentifier(role)} NOLOGIN`;

/** How long the server waits for each session to end, in ms. */
const END_TIMEOUT_MS = 5000;

/**
 * Ends the sessions of a role. A master without pg_signal_backend ends those of roles that it is a member of
 * (PostgreSQL docs, 9.28.2): it is one until the ROLLBACK.
 */
export const endSessionsSql = (
  { name, maySignal }: { name: string; maySignal: boolean },
  version: number,
): string => {
  const end = `SELECT pg_terminate_backend(a.pid, ${END_TIMEOUT_MS})
  FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid
 WHERE r.rolname = ${quoteLiteral(name)}`;
  if (maySignal) return end;
  const how =
    version >= ADMIN_OPTION_VERSION ? ' WITH INHERIT TRUE, SET TRUE' : '';
  return `BEGIN; GRANT ${quoteIdentifier(
    name,
  )} TO CURRENT_USER${how}; ${end}; ROLLBACK`;
};
