/** Kinds of objects as a statement names them (PostgreSQL docs, pg_default_acl); 18 has large objects. */
const OBJECTS: Readonly<Record<string, string>> = {
  r: 'TABLES',
  S: 'SEQUENCES',
  f: 'FUNCTIONS',
  T: 'TYPES',
  n: 'SCHEMAS',
  L: 'LARGE OBJECTS',
};

/**
 * Rows with the columns of `DefaultPrivileges`, for the current database. Those for every schema replace PostgreSQL's own
 * defaults, which are left out; those for one schema add to them.
 */
export const OBSERVE_DEFAULT_PRIVILEGES = `
SELECT pg_get_userbyid(a.defaclrole)::text AS "role",
       n.nspname::text AS "schema",
       CASE a.defaclobjtype ${Object.entries(OBJECTS)
         .map(([type, name]) => `WHEN '${type}' THEN '${name}'`)
         .join(' ')} END AS "objects",
       (SELECT coalesce(json_agg(json_build_object(
                 'grantee', CASE WHEN g.grantee <> 0 THEN pg_get_userbyid(g.grantee) END, 'privileges', g.privileges)
               ORDER BY g.grantee), '[]')
          FROM (SELECT x.grantee, array_agg(x.privilege_type ORDER BY x.privilege_type) AS privileges
                  FROM (SELECT grantee, privilege_type FROM aclexplode(a.defaclacl)
                        EXCEPT SELECT grantee, privilege_type FROM aclexplode(b.acl)) x
                 WHERE x.grantee <> a.defaclrole
                 GROUP BY x.grantee) g) AS "grants",
       ARRAY(SELECT privilege_type FROM aclexplode(b.acl) WHERE grantee = a.defaclrole
             EXCEPT SELECT privilege_type FROM aclexplode(a.defaclacl) WHERE grantee = a.defaclrole
             ORDER BY 1) AS "withheld"
  FROM pg_default_acl a
  LEFT JOIN pg_namespace n ON n.oid = a.defaclnamespace
 CROSS JOIN LATERAL (
       SELECT CASE WHEN a.defaclnamespace = 0
                   THEN acldefault(CASE a.defaclobjtype WHEN 'S' THEN 's' ELSE a.defaclobjtype END, a.defaclrole)
              END AS acl) b
 ORDER BY 1, 2, 3`;
