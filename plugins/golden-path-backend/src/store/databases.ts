import {
  DatabaseStatus,
  DatabaseSummary,
  requestId,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import type { Knex } from 'knex';
import type { DecidedStatus } from '../decide/decideStatus';
import type { Evidence } from '../decide/evidence';
import type { Transition } from '../decide/transition';
import { addConditions, DatabaseFilter, DatabasePage, fold } from './filter';
import { addTransitions } from './transitions';

const TABLE = 'goldenpath_databases';
/** Attempts when other replicas change the same row. */
const ATTEMPTS = 10;

/** What a status is mostly of: it is as old as the one of them that was read longest ago. */
const LASTING_SOURCES = ['catalog', 'pull_requests'];

const IN_USE = ['provisioned', 'rotated'];
/** SQLite takes 32,766 values in a query, older versions 999. */
const PER_QUERY = 900;

/** A status as it is kept: `seenAt` is that of the sources, added when it is read. */
export type KeptStatus = DecidedStatus;

/** A row: what was read about a request, and the status that follows from it. */
export interface Known extends RequestKey {
  evidence: Evidence;
  status: KeptStatus;
  version: number;
}

/** What a change leads to. */
export interface Decided {
  evidence: Evidence;
  status: KeptStatus;
  transitions: readonly Transition[];
  /** Nobody is notified of what happened before, in ms since 1970. */
  newsSince: number;
}

interface Row {
  request_id: string;
  environment: string;
  database_name: string;
  status: string;
  summary: string;
  evidence: string;
  version: string | number;
  updated_at: string | number;
}

/** The databases, and requests for them. */
export const createDatabases = (knex: Knex) => {
  const getKnown = async (key: RequestKey): Promise<Known | undefined> => {
    const row = (await knex<Row>(TABLE)
      .where({ request_id: requestId(key) })
      .first()) as Row | undefined;
    return row && toKnown(row);
  };
  return {
    getKnown,

    /** Lists databases by request id. */
    list: async (filter: DatabaseFilter): Promise<DatabasePage> => {
      const conditions = () => {
        const query = knex(TABLE);
        addConditions(query, filter);
        return query;
      };
      const page = conditions()
        .orderBy('request_id')
        .limit(filter.limit + 1);
      if (filter.cursor !== undefined)
        page.where('request_id', '>', decodeCursor(filter.cursor));
      const [rows, [{ total }]] = await Promise.all([
        page.select('request_id', 'summary'),
        conditions().count({ total: '*' }),
      ]);
      const shown = rows.slice(0, filter.limit);
      return {
        items: shown.map(
          ({ summary }) => JSON.parse(summary) as DatabaseSummary,
        ),
        total: Number(total),
        ...(rows.length > shown.length && {
          nextCursor: encodeCursor(shown[shown.length - 1].request_id),
        }),
      };
    },

    /** Undefined when nothing is known of it. */
    get: async (key: RequestKey): Promise<DatabaseStatus | undefined> => {
      const [row, sources] = await Promise.all([
        knex<Row>(TABLE)
          .where({ request_id: requestId(key) })
          .first('status', 'updated_at'),
        knex('goldenpath_sources')
          .whereIn('name', LASTING_SOURCES)
          .min<Array<{ readAt: string | number | null }>>({
            readAt: 'read_at',
          }),
      ]);
      if (!row) return undefined;
      const seenAt = Number(sources[0].readAt ?? row.updated_at);
      return {
        ...(JSON.parse(row.status) as KeptStatus),
        seenAt: new Date(seenAt).toISOString(),
      };
    },

    /** The databases of an environment whose role has this name. */
    findByUsername: async ({
      environment,
      username,
    }: {
      environment: string;
      username: string;
    }): Promise<DatabaseSummary[]> => {
      const query = knex<Row>(TABLE);
      addConditions(query, { environment, text: `\n${username}\n`, limit: 0 });
      const rows: Array<Pick<Row, 'summary' | 'status'>> = await query.select(
        'summary',
        'status',
      );
      // The search text has the names of other things on such lines, too.
      return rows
        .filter(row => JSON.parse(row.status).username === username)
        .map(({ summary }) => JSON.parse(summary));
    },

    /** The version of each database that is in use, by request id: for most of them nothing more must be read. */
    listVersionsInUse: async (): Promise<Map<string, number>> =>
      new Map(
        (
          await knex<Row>(TABLE)
            .whereIn('step', IN_USE)
            .select('request_id', 'version')
        ).map(row => [row.request_id, Number(row.version)]),
      ),

    /** Everything that is known of all that are not in use, and of these. */
    listKnown: async (ids: ReadonlySet<string>): Promise<Known[]> => {
      const rows = () =>
        knex<Row>(TABLE).select(
          'environment',
          'database_name',
          'status',
          'evidence',
          'version',
        );
      const found = [await rows().whereNotIn('step', IN_USE)];
      const list = [...ids];
      for (let n = 0; n < list.length; n += PER_QUERY)
        found.push(
          await rows()
            .whereIn('step', IN_USE)
            .whereIn('request_id', list.slice(n, n + PER_QUERY)),
        );
      return found.flat().map(toKnown);
    },

    /**
     * Changes one database. The row and its transitions are written in one transaction, or neither.
     * @param decide - from what is known now; called again when another replica was faster. Undefined changes nothing
     * @param first - what the caller has just read, to save a query; undefined: no row
     * @returns whether anything changed
     */
    change: async (
      key: RequestKey,
      decide: (known: Known | undefined) => Decided | undefined,
      now: number,
      first?: { known: Known | undefined },
    ): Promise<boolean> => {
      const id = requestId(key);
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const known =
          attempt === 1 && first ? first.known : await getKnown(key);
        const decided = decide(known);
        if (!decided) return false;
        const isWritten = await knex.transaction(async transaction => {
          const columns = toColumns(decided, now);
          const written = known
            ? await transaction(TABLE)
                .where({ request_id: id, version: known.version })
                .update({ ...columns, version: known.version + 1 })
            : (
                await transaction(TABLE)
                  .insert({ request_id: id, ...columns, version: 1 })
                  .onConflict('request_id')
                  .ignore()
                  .returning('request_id')
              ).length;
          if (written === 0) return false;
          const { transitions, newsSince } = decided;
          await addTransitions(transaction, transitions, { now, newsSince });
          return true;
        });
        if (isWritten) return true;
      }
      throw new Error(
        `${id}: other replicas changed it during all ${ATTEMPTS} attempts; the next refresh tries again.`,
      );
    },

    /** Forgets a database; its transitions stay. */
    forget: async ({ version, ...key }: Known): Promise<void> => {
      await knex(TABLE)
        .where({ request_id: requestId(key), version })
        .delete();
    },
  };
};

const toKnown = (
  row: Pick<
    Row,
    'environment' | 'database_name' | 'evidence' | 'status' | 'version'
  >,
): Known => ({
  environment: row.environment,
  databaseName: row.database_name,
  evidence: JSON.parse(row.evidence),
  status: JSON.parse(row.status),
  version: Number(row.version),
});

const toColumns = ({ status, evidence }: Decided, now: number) => ({
  environment: status.environment,
  database_name: status.databaseName,
  owner_ref: fold(status.ownerRef),
  component: status.component,
  step: status.step,
  problem: status.problem?.kind ?? null,
  search: fold(
    [
      status.databaseName,
      status.username,
      status.component,
      status.ownerRef,
      status.requestedBy ?? '',
    ].join('\n'),
  ),
  summary: JSON.stringify(summarize(status)),
  status: JSON.stringify(status),
  evidence: JSON.stringify(evidence),
  updated_at: now,
});

const summarize = (status: KeptStatus): DatabaseSummary => ({
  requestId: status.requestId,
  environment: status.environment,
  databaseName: status.databaseName,
  ownerRef: status.ownerRef,
  component: status.component,
  step: status.step,
  problem: status.problem?.kind,
  at: status.at,
  entityRef: status.entityRef,
  undeclared: status.undeclared,
});

const encodeCursor = (id: string) => Buffer.from(id).toString('base64url');
const decodeCursor = (cursor: string) =>
  Buffer.from(cursor, 'base64url').toString();
