/** The row of {@link OBSERVE_USAGE}; numbers of 64 bits are texts. */
export interface UsageRow {
  sizeBytes: string | null;
  sessions: Array<{ role: string; application: string; count: number }>;
  lastStateChange: Date | null;
  sessionsOpened: string;
  transactions: string;
  countedSince: Date | null;
}

/**
 * The use of the database $1 in one row; none when there is no such database. `sessions` of pg_stat_database counts
 * clients only; its transactions include those of autovacuum (PostgreSQL docs, 27.2.18).
 */
export const OBSERVE_USAGE = `
WITH clients AS (
  SELECT datid, usename, application_name, state_change
    FROM pg_stat_activity
   WHERE usesysid IS NOT NULL AND pid <> pg_backend_pid()
     -- Null where the master may not see it.
     AND coalesce(backend_type, 'client backend') = 'client backend')
SELECT CASE WHEN has_database_privilege(d.oid, 'CONNECT') OR pg_has_role('pg_read_all_stats', 'USAGE')
            THEN pg_database_size(d.oid)::text END AS "sizeBytes",
       (SELECT coalesce(json_agg(json_build_object(
                 'role', o.role, 'application', o.application, 'count', o.count)
               ORDER BY o.count DESC, o.role, o.application), '[]')
          FROM (SELECT c.usename::text AS role, coalesce(c.application_name, '') AS application, count(*)::int
                  FROM clients c
                 WHERE c.datid = d.oid
                 GROUP BY 1, 2) o) AS "sessions",
       (SELECT max(c.state_change) FROM clients c WHERE c.datid = d.oid) AS "lastStateChange",
       s.sessions::text AS "sessionsOpened",
       (s.xact_commit + s.xact_rollback)::text AS "transactions",
       s.stats_reset AS "countedSince"
  FROM pg_database d JOIN pg_stat_database s ON s.datid = d.oid
 WHERE d.datname = $1::text`;
