import { ADMIN_OPTION_VERSION } from '../observation';
import { hasAdminOptionSql, observeOne, SELECT_ROLE } from './observeSql';
import { quoteLiteral } from './sql';

/** Rows with the columns of `ObservedClone`, for the owner roles in $1; none for an owner without a second login. */
export const observeClones = (version: number): string =>
  clonesSql(version, '$1::text[]');

/** Rows {name} of the settings of the role $1. Without values. */
export const OBSERVE_OWN_SETTINGS = `
SELECT DISTINCT split_part(x, '=', 1) AS "name"
  FROM pg_db_role_setting s
  JOIN pg_roles r ON r.oid = s.setrole
 CROSS JOIN LATERAL unnest(s.setconfig) x
 WHERE r.rolname = $1
 ORDER BY 1`;

/** The statements that read what a step may have changed: of the second login only where the step is about it. */
export const observeStep = (
  version: number,
  {
    username,
    databaseName,
    ofClone = false,
  }: { username: string; databaseName: string; ofClone?: boolean },
): string =>
  `${
    ofClone ? `${clonesSql(version, `ARRAY[${quoteLiteral(username)}]`)}; ` : ''
  }${observeOne(username, databaseName)}`;

const clonesSql = (version: number, owners: string): string => {
  const hasOptions = version >= ADMIN_OPTION_VERSION;
  // As for the roles of the entries.
  const mayAlter = hasOptions
    ? hasAdminOptionSql('r.oid')
    : `m.rolsuper OR m.rolcreaterole`;
  const mayEnd = hasOptions
    ? `pg_has_role(a.grantor, 'USAGE') AND ${hasAdminOptionSql('a.roleid')}`
    : `${hasAdminOptionSql('a.roleid')}
          OR (m.rolcreaterole AND NOT (SELECT g.rolsuper FROM pg_roles g WHERE g.oid = a.roleid))`;
  return `${SELECT_ROLE},
       e.owner AS "owner",
       (SELECT coalesce(json_agg(json_build_object(
                 'role', pg_get_userbyid(a.roleid), 'grantor', pg_get_userbyid(a.grantor), 'isAdmin', a.admin_option,
                 'inherits', ${hasOptions ? 'a.inherit_option' : 'true'},
                 'maySetRole', ${hasOptions ? 'a.set_option' : 'true'},
                 'isOursToEnd', ${mayEnd})
               ORDER BY a.roleid, a.grantor), '[]')
          FROM pg_auth_members a
         WHERE a.member = r.oid) AS "memberOf",
       ARRAY(SELECT DISTINCT y.rolname::text
               FROM pg_auth_members a JOIN pg_roles y ON y.oid = a.member
              WHERE a.roleid = r.oid AND a.member <> m.oid AND NOT y.rolsuper
              ORDER BY 1) AS "members",
       (SELECT coalesce(json_agg(json_build_object(
                 'database', d.datname,
                 'name', n.name, 'value', substr(x, strpos(x, '=') + 1),
                 'isOursToReset', coalesce(p.context = 'user', n.name IN ('role', 'session_authorization'))
                                  OR has_parameter_privilege(n.name, 'SET'))
               ORDER BY d.datname NULLS FIRST, x), '[]')
          FROM pg_db_role_setting s
          LEFT JOIN pg_database d ON d.oid = s.setdatabase
         CROSS JOIN LATERAL unnest(s.setconfig) x
         CROSS JOIN LATERAL (SELECT split_part(x, '=', 1) AS name) n
          LEFT JOIN pg_settings p ON p.name = n.name
         WHERE s.setrole = r.oid) AS "settings",
       (SELECT coalesce(json_agg(json_build_object('database', o.datname, 'count', o.count) ORDER BY o.datname), '[]')
          FROM (SELECT d.datname, count(*)::int AS count
                  FROM pg_shdepend s LEFT JOIN pg_database d ON d.oid = s.dbid
                 WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid AND s.deptype = 'o'
                   -- REASSIGN OWNED leaves them, and they count only in sessions that are the second login's own.
                   AND s.classid NOT IN ('pg_default_acl'::regclass, 'pg_user_mapping'::regclass)
                 GROUP BY d.datname) o) AS "owns",
       ${mayAlter} AS "isOursToAlter"
  FROM unnest(${owners}) AS e (owner)
  JOIN pg_roles r ON r.rolname = e.owner || '_clone'
  JOIN pg_roles m ON m.rolname = current_user`;
};
