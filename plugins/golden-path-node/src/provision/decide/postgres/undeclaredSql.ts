import { MARK_BEGINS } from '../mark';
import { ADMIN_OPTION_VERSION } from '../observation';
import { quoteLiteral } from './sql';

/**
 * Rows with the columns of `ObservedSetting`, for the roles in $1 and the databases in $2.
 * pg_settings lacks `role` and `session_authorization`, which every role may set.
 */
export const OBSERVE_SETTINGS = `
WITH c AS MATERIALIZED (
  SELECT r.rolname::text AS role, d.datname::text AS database,
         split_part(x, '=', 1) AS name, substr(x, strpos(x, '=') + 1) AS value
    FROM pg_db_role_setting s
    LEFT JOIN pg_roles r ON r.oid = s.setrole
    LEFT JOIN pg_database d ON d.oid = s.setdatabase
   CROSS JOIN LATERAL unnest(s.setconfig) x
   WHERE (s.setrole = 0 OR r.rolname::text IN (SELECT unnest($1::text[])))
     AND (s.setdatabase = 0 OR d.datname::text IN (SELECT unnest($2::text[]))))
SELECT c.role AS "role",
       c.database AS "database",
       c.name AS "name",
       c.value AS "value",
       coalesce(p.context = 'user', c.name IN ('role', 'session_authorization')) AS "isUserSetting",
       has_parameter_privilege(c.name, 'SET') AS "isOursToSet",
       CASE WHEN c.name = 'default_tablespace'
            THEN ARRAY(SELECT x.rolname::text FROM pg_roles x, pg_tablespace t
                        WHERE x.rolname = ANY ($1::text[]) AND t.spcname = c.value
                          AND NOT has_tablespace_privilege(x.oid, t.oid, 'CREATE'))
            ELSE '{}' END AS "deniedTo"
  FROM c LEFT JOIN pg_settings p ON p.name = c.name
 ORDER BY c.role, c.database, c.name`;

/**
 * Rows {name, value} of the settings in $1 that the instance has for every role. Settings of this session's own role or
 * database hide the instance's.
 */
export const OBSERVE_INSTANCE_SETTINGS = `
SELECT p.name AS "name", p.reset_val AS "value"
  FROM pg_settings p
 WHERE p.name = ANY ($1::text[]) AND p.source <> 'client'
   AND NOT EXISTS (
       SELECT FROM pg_db_role_setting s, unnest(s.setconfig) x
        WHERE s.setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = current_user))
          AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
          AND split_part(x, '=', 1) = p.name)
 ORDER BY 1`;

/** Names, of the databases in $1, that have default privileges. */
export const OBSERVE_WITH_DEFAULTS = `
SELECT d.datname::text AS "name"
  FROM pg_database d
 WHERE d.datname = ANY ($1::text[])
   AND EXISTS (SELECT FROM pg_shdepend s WHERE s.dbid = d.oid AND s.classid = 'pg_default_acl'::regclass)`;

/** Names of the roles that are members of a role, directly or not. `inherits`: only those that inherit from it. */
const membersOfSql = (role: string, inherits: string): string => `ARRAY(
         WITH RECURSIVE w (oid) AS (
           SELECT x.member FROM pg_auth_members x WHERE x.roleid = ${role} AND ${inherits}
           UNION SELECT x.member FROM pg_auth_members x JOIN w ON w.oid = x.roleid WHERE ${inherits})
         SELECT y.rolname::text FROM w JOIN pg_roles y USING (oid)
          WHERE y.rolname <> current_user ORDER BY 1)`;

/** Whether a role, of pg_roles by this alias, is the second login of an owner role, and none of those in $1. */
const isCloneSql = (role: string, owner: string): string =>
  `${role}.rolname = ${owner} || '_clone' AND ${role}.rolname <> ALL ($1::text[])`;

/**
 * Rows with the columns of `ObservedMember`, for the roles in $1 and for the master. Without the master itself, and without
 * the second logins of these roles.
 */
export const observeMembers = (version: number): string => {
  const hasOptions = version >= ADMIN_OPTION_VERSION;
  const mayEnd = hasOptions
    ? `(s.rolsuper OR (pg_has_role(a.grantor, 'USAGE') AND a.roleid <> s.oid))`
    : `(s.rolsuper OR s.rolcreaterole OR pg_has_role(a.roleid, 'MEMBER WITH ADMIN OPTION'))`;
  return `
SELECT r.rolname::text AS "role",
       m.rolname::text AS "member",
       pg_get_userbyid(a.grantor)::text AS "grantor",
       a.admin_option AS "isAdmin",
       ${hasOptions ? 'a.inherit_option' : 'true'} AS "inherits",
       ${hasOptions ? 'a.set_option' : 'true'} AS "maySetRole",
       m.rolsuper AS "isSuperuser",
       ${mayEnd} AS "isOursToEnd",
       EXISTS (SELECT FROM pg_auth_members x WHERE x.roleid = a.roleid AND x.grantor = a.member) AS "hasPassedOn",
       ${membersOfSql('a.member', 'true')} AS "through"
  FROM pg_auth_members a
  JOIN pg_roles r ON r.oid = a.roleid
  JOIN pg_roles m ON m.oid = a.member
  JOIN pg_roles s ON s.rolname = current_user
 WHERE (r.rolname = ANY ($1::text[]) OR r.oid = s.oid)
   AND m.oid <> s.oid AND NOT (r.rolname = ANY ($1::text[]) AND ${isCloneSql(
     'm',
     'r.rolname',
   )})
 ORDER BY 1, 2, 3`;
};

/**
 * Rows with the columns of `ObservedGrantee`, for the databases in $2, each with its owner in $1. Without PUBLIC, the
 * owner, the master, and the owner's second login.
 */
export const observeGrantees = (version: number): string => `
SELECT d.datname::text AS "database",
       g.rolname::text AS "grantee",
       g.rolsuper AS "isSuperuser",
       ${membersOfSql(
         'g.oid',
         version >= ADMIN_OPTION_VERSION ? 'x.inherit_option' : 'true',
       )} AS "through"
  FROM unnest($1::text[], $2::text[]) AS e (username, name)
  JOIN pg_database d ON d.datname = e.name
 CROSS JOIN LATERAL (SELECT DISTINCT x.grantee FROM aclexplode(d.datacl) x) a
  JOIN pg_roles g ON g.oid = a.grantee
 WHERE g.oid <> d.datdba AND g.rolname NOT IN (e.username, current_user)
   AND NOT (${isCloneSql('g', 'e.username')})
 ORDER BY 1, 2`;

const isMarkedSql = (role: string): string =>
  `coalesce(starts_with(shobj_description(${role}, 'pg_authid'), ${quoteLiteral(
    MARK_BEGINS,
  )}), false)`;

/** Whether a role, of pg_roles by this alias, is a superuser's or an app's own: then nobody grants it to the master. */
export const isNeverGrantedSql = (role: string): string =>
  `(${role}.rolsuper OR ${isMarkedSql(`${role}.oid`)})`;

/**
 * Whether objects of a role go over with --adopt: those of the master, and those of a role without a mark that was
 * granted to the master by name, as for ALTER DATABASE … OWNER TO.
 */
export const isFormerOwnerSql = (
  role: string,
  version: number,
): string => `(pg_get_userbyid(${role}) = current_user OR EXISTS (
            SELECT FROM pg_auth_members x
             WHERE x.roleid = ${role} AND pg_get_userbyid(x.member) = current_user${
  version >= ADMIN_OPTION_VERSION ? ' AND x.inherit_option' : ''
})
           AND NOT ${isMarkedSql(role)})`;

/** What the catalogs that record owners hold. Without default privileges and user mappings, which nobody owns. */
const KIND_OF_CATALOG: Record<string, string> = {
  pg_namespace: 'schema',
  pg_class: 'table, view or sequence',
  pg_proc: 'function',
  pg_type: 'type',
  pg_operator: 'operator',
  pg_opclass: 'operator class',
  pg_opfamily: 'operator family',
  pg_collation: 'collation',
  pg_conversion: 'conversion',
  pg_ts_dict: 'text search dictionary',
  pg_ts_config: 'text search configuration',
  pg_statistic_ext: 'statistics object',
  pg_largeobject: 'large object',
  pg_language: 'language',
  pg_foreign_server: 'server',
  pg_foreign_data_wrapper: 'foreign-data wrapper',
  pg_extension: 'extension',
  pg_event_trigger: 'event trigger',
  pg_publication: 'publication',
};

/**
 * Rows with the columns of `ObjectCount`, for the databases in $2, each with its owner in $1. One query for all
 * databases: pg_shdepend is shared.
 */
export const observeOwners = (version: number): string => {
  const hasOptions = version >= ADMIN_OPTION_VERSION;
  const mayGrant = hasOptions
    ? `pg_has_role(o.oid, 'MEMBER WITH ADMIN OPTION')`
    : `(m.rolsuper OR (m.rolcreaterole AND NOT o.rolsuper))`;
  return `
SELECT d.datname::text AS "database",
       o.rolname::text AS "owner",
       k.kind AS "kind",
       count(*)::int AS "count",
       ${isFormerOwnerSql('o.oid', version)} AS "isFormerOwner",
       ${mayGrant} AS "isOursToGrant",
       ${isNeverGrantedSql('o')} AS "isNeverGranted"
  FROM unnest($1::text[], $2::text[]) AS e (username, name)
  JOIN pg_database d ON d.datname = e.name
  JOIN pg_shdepend s ON s.dbid = d.oid AND s.deptype = 'o' AND s.refclassid = 'pg_authid'::regclass
  JOIN pg_roles o ON o.oid = s.refobjid
  JOIN pg_roles m ON m.rolname = current_user
  JOIN (VALUES ${Object.entries(KIND_OF_CATALOG)
    .map(
      ([catalog, kind]) =>
        `(${quoteLiteral(catalog)}::regclass, ${quoteLiteral(kind)})`,
    )
    .join(', ')}) AS k (catalog, kind) ON k.catalog = s.classid
 WHERE o.rolname <> e.username AND NOT (${isCloneSql('o', 'e.username')})
 GROUP BY d.datname, o.oid, o.rolname, o.rolsuper, m.rolsuper, m.rolcreaterole, k.kind
 ORDER BY 1, 2, 3`;
};
