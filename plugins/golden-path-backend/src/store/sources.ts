import type { Knex } from 'knex';

const TABLE = 'goldenpath_sources';

/** How the last read of a source ended. Times in ms since 1970. */
export interface SourceState {
  name: string;
  /** Start of its last read that succeeded. */
  readAt?: number;
  /** Why it can't be read now. */
  problem?: string;
  /** It isn't asked before. */
  notBefore: number;
}

interface Row {
  name: string;
  read_at: string | number | null;
  problem: string | null;
  not_before: string | number;
}

/** How each source answered last, for all replicas. */
export const createSources = (knex: Knex) => ({
  listSources: async (): Promise<SourceState[]> =>
    (await knex<Row>(TABLE).select()).map(toState),

  setSourceRead: async (name: string, readAt: number): Promise<void> => {
    await knex(TABLE)
      .insert({ name, read_at: readAt, problem: null, not_before: 0 })
      .onConflict('name')
      .merge(['read_at', 'problem', 'not_before']);
  },

  /** Keeps the time of the last read that succeeded. */
  setSourceProblem: async (
    name: string,
    problem: string,
    notBefore: number,
  ): Promise<void> => {
    await knex(TABLE)
      .insert({ name, read_at: null, problem, not_before: notBefore })
      .onConflict('name')
      .merge(['problem', 'not_before']);
  },
});

const toState = (row: Row): SourceState => ({
  name: row.name,
  readAt: row.read_at === null ? undefined : Number(row.read_at),
  problem: row.problem ?? undefined,
  notBefore: Number(row.not_before),
});
