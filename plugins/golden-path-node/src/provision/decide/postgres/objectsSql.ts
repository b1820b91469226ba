import { ADMIN_OPTION_VERSION } from '../observation';
import { isFormerOwnerSql, isNeverGrantedSql } from './undeclaredSql';

/** Since 17 a multirange type has the owner of its range type. */
const MULTIRANGE_VERSION = 17;
/** Objects below are the server's own (`FirstNormalObjectId`). */
const FIRST_OBJECT = 16384;

/** Catalogs whose objects ALTER … OWNER TO gives to another role, in an order that works. */
const NAMESPACED = [
  ['pg_operator', 'opr'],
  ['pg_opfamily', 'opf'],
  ['pg_opclass', 'opc'],
  ['pg_collation', 'coll'],
  ['pg_conversion', 'con'],
  ['pg_ts_dict', 'dict'],
  ['pg_ts_config', 'cfg'],
  ['pg_statistic_ext', 'stx'],
];

/**
 * Rows with the columns of `ObservedObject` for the current database: all objects that don't belong to the role in $1.
 * Without those that have the owner of another object: sequences of columns, row types, indexes, members of an extension.
 */
export const listObjects = (version: number): string => `
SELECT i.type AS "kind",
       i.identity AS "identity",
       o.rolname::text AS "owner",
       ${isFormerOwnerSql('o.oid', version)} AS "isFormerOwner",
       ${
         version >= ADMIN_OPTION_VERSION
           ? `pg_has_role(o.oid, 'MEMBER WITH ADMIN OPTION')`
           : `(m.rolsuper OR (m.rolcreaterole AND NOT o.rolsuper))`
       } AS "isOursToGrant",
       ${isNeverGrantedSql('o')} AS "isNeverGranted",
       c.movable AS "isMovable",
       n.nspname::text AS "schema",
       pg_get_userbyid(n.nspowner)::text AS "schemaOwner",
       coalesce(has_schema_privilege(r.oid, n.oid, 'CREATE'), has_schema_privilege('public', n.oid, 'CREATE'), false) AS "isSchemaOpen"
  FROM (
       SELECT 1 AS place, 'pg_namespace'::regclass AS catalog, oid, nspowner AS owner, oid AS schema, true AS movable
         FROM pg_namespace WHERE (oid >= ${FIRST_OBJECT} OR nspname = 'public') AND nspname !~ '^pg_'
       UNION ALL
       SELECT 2, 'pg_class'::regclass, c.oid, relowner, relnamespace, true
         FROM pg_class c
        WHERE c.oid >= ${FIRST_OBJECT} AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND relpersistence <> 't'
          AND NOT (relkind = 'S' AND EXISTS (
              SELECT FROM pg_depend d
               WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
                 AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0))
       UNION ALL
       SELECT 3, 'pg_type'::regclass, t.oid, typowner, typnamespace, true
         FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
        WHERE t.oid >= ${FIRST_OBJECT} AND (t.typrelid = 0 OR c.relkind = 'c')
          AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
          ${version >= MULTIRANGE_VERSION ? `AND t.typtype <> 'm'` : ''}
       UNION ALL
       SELECT 4, 'pg_proc'::regclass, oid, proowner, pronamespace, true FROM pg_proc WHERE oid >= ${FIRST_OBJECT}
       UNION ALL
       ${NAMESPACED.map(
         ([catalog, prefix]) =>
           `SELECT 5, '${catalog}'::regclass, oid, ${prefix}owner, ${prefix}namespace, true FROM ${catalog} WHERE oid >= ${FIRST_OBJECT}`,
       ).join(`
       UNION ALL
       `)}
       UNION ALL
       SELECT 6, 'pg_largeobject'::regclass, oid, lomowner, NULL, true FROM pg_largeobject_metadata
       UNION ALL
       SELECT 6, 'pg_language'::regclass, oid, lanowner, NULL, true FROM pg_language WHERE oid >= ${FIRST_OBJECT}
       UNION ALL
       SELECT 6, 'pg_publication'::regclass, p.oid, pubowner, NULL,
              NOT puballtables AND NOT EXISTS (SELECT FROM pg_publication_namespace x WHERE x.pnpubid = p.oid)
         FROM pg_publication p
       UNION ALL
       SELECT 7, 'pg_foreign_server'::regclass, oid, srvowner, NULL, false FROM pg_foreign_server
       UNION ALL
       SELECT 7, 'pg_foreign_data_wrapper'::regclass, oid, fdwowner, NULL, false FROM pg_foreign_data_wrapper
       UNION ALL
       SELECT 7, 'pg_event_trigger'::regclass, oid, evtowner, NULL, false FROM pg_event_trigger
       UNION ALL
       SELECT 7, 'pg_extension'::regclass, oid, extowner, NULL, false FROM pg_extension WHERE oid >= ${FIRST_OBJECT}
       ) c
  JOIN pg_roles o ON o.oid = c.owner
  JOIN pg_roles m ON m.rolname = current_user
  LEFT JOIN pg_roles r ON r.rolname = $1
  LEFT JOIN pg_namespace n ON n.oid = c.schema
 CROSS JOIN LATERAL pg_identify_object(c.catalog, c.oid, 0) i
 WHERE o.rolname NOT IN ($1, $1 || '_clone', 'pg_database_owner')
   -- Made with another object and deleted with it, such as the constructors of a range type; on 15 and 16 a multirange
   -- type has an owner of its own all the same.
   AND NOT EXISTS (
       SELECT FROM pg_depend d
        WHERE d.classid = c.catalog AND d.objid = c.oid
          AND (d.deptype = 'e' OR (d.deptype = 'i' AND c.catalog = 'pg_proc'::regclass)))
 ORDER BY c.place, c.oid`;
