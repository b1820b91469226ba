import {
  DatabaseService,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import { ConflictError } from '@backstage/errors';
import { AppRequest } from '@goldenpath/plugin-golden-path-common';
import { migrateTables } from '@goldenpath/plugin-golden-path-node';
import { Knex } from 'knex';

const PACKAGE = '@goldenpath/plugin-scaffolder-backend-module-golden-path';
const TABLE = 'goldenpath_claims';

/**
 * What a task recorded about the app repo: nothing, before its creation, after it, after the push. A `published`
 * repository is never changed again.
 */
export type RepoState = 'none' | 'creating' | 'created' | 'published';

/** One task's hold on a request and on the repository of its app. */
export interface Claim {
  requestId: string;
  /** `<host>/<owner>/<name>`, in lower case as GitHub compares it. */
  repo: string;
  taskId: string;
  /**
   * Only `held` excludes other tasks. `freed`: its task may take it again. `done`: its pull request was found.
   * `taken_over`: another task continues what this task began.
   */
  state: 'held' | 'freed' | 'done' | 'taken_over';
  repoState: RepoState;
  /** The workflow run, once it is dispatched. */
  runId: number | undefined;
  /** The task that the repository's homepage names: this one, or the one that it took over. */
  startedBy: string;
  /** The task that workflow run and pull request name. */
  runBy: string;
  /** When the request was claimed first; the same after Retry and take-over. */
  createdAt: Date;
  /** The whole request, for a database or for an app alone; undefined for claims of older versions. */
  request: AppRequest | undefined;
  /** Of a claim that is done. */
  pullRequestUrl: string | undefined;
}

export type TaskKey = Pick<Claim, 'requestId' | 'taskId'>;
export type ClaimKey = TaskKey & Pick<Claim, 'repo'> & { request?: AppRequest };

interface Row {
  request_id: string;
  repo: string;
  task_id: string;
  state: Claim['state'];
  repo_state: RepoState;
  run_id: string | null;
  started_by: string | null;
  run_by: string | null;
  request: string | null;
  pull_request_url: string | null;
  created_at: Date | number | string;
}

/** A claim with the time of its last change. */
export type ChangedClaim = Claim & { updatedAt: Date };

/** Opens the claims in the scaffolder's database, created by our own migrations next to the scaffolder's. */
export const createClaims = async (database: DatabaseService) => {
  const knex = await database.getClient();
  if (!database.migrations?.skip) {
    await migrateTables(knex, {
      directory: resolvePackagePath(PACKAGE, 'migrations'),
      tableName: 'goldenpath_knex_migrations',
    });
  }
  return createClaimStore(knex);
};

const createClaimStore = (knex: Knex) => {
  const rows = (db: Knex = knex) => db<Row>(TABLE);
  const ofTask = ({ requestId, taskId }: TaskKey, db?: Knex) =>
    rows(db).where({ request_id: requestId, task_id: taskId });
  const stamped = (fields: Partial<Row>) =>
    ({ ...fields, updated_at: knex.fn.now() } as Partial<Row>);
  const change = async (key: TaskKey, fields: Partial<Row>): Promise<void> => {
    const changed = await ofTask(key)
      .whereIn('state', ['held', 'done'])
      .update(stamped(fields));
    if (changed !== 1) throw createLostClaimError(key);
  };
  const get = async (key: TaskKey): Promise<Claim | undefined> => {
    const row = (await ofTask(key).first()) as Row | undefined;
    return row && toClaim(row);
  };
  const around = async ({ requestId, repo }: Omit<ClaimKey, 'taskId'>) =>
    (await rows().where({ request_id: requestId }).orWhere({ repo })).map(
      toClaim,
    );
  // SQLite's CURRENT_TIMESTAMP is text, in UTC and whole seconds.
  const toBinding = (date: Date) =>
    knex.client.config.client === 'pg'
      ? date
      : date.toISOString().slice(0, 19).replace('T', ' ');
  const holderInTheWay = async (key: ClaimKey) =>
    (await around(key)).find(
      one => one.state === 'held' && one.taskId !== key.taskId,
    );

  return {
    /** Lists all tasks' claims on the request or the repository. */
    around,

    /** The task's own claim. */
    get,

    /** Lists claims that changed since then, the oldest change first. */
    listChanged: async (since: Date, limit: number): Promise<ChangedClaim[]> =>
      (
        await knex<Row & { updated_at: Row['created_at'] }>(TABLE)
          .where('updated_at', '>=', toBinding(since))
          .orderBy('updated_at')
          .limit(limit)
      ).map(row => ({
        ...toClaim(row),
        updatedAt: toDate(row.updated_at),
      })),

    /**
     * Claims request and repository for the task, which may hold them already. Every statement is atomic, and unique
     * keys decide between concurrent tasks. A claim that is done stays done.
     * @throws ConflictError naming the task that holds either of them
     */
    take: async (key: ClaimKey): Promise<Claim> => {
      const { requestId, repo, taskId } = key;
      await rows()
        .insert({
          request_id: requestId,
          repo,
          task_id: taskId,
          state: 'held',
          repo_state: 'none',
          run_id: null,
          started_by: taskId,
          run_by: taskId,
          request: key.request ? JSON.stringify(key.request) : null,
          pull_request_url: null,
          created_at: new Date(),
        })
        .onConflict()
        .ignore();
      const own = await get(key);
      if (!own) {
        throw createTakenError(key, await holderInTheWay(key));
      }
      if (own.state === 'taken_over') throw createLostClaimError(key);
      if (own.state !== 'freed') return own;
      await ofTask(key)
        .update(stamped({ state: 'held' }))
        .catch(async error => {
          const holder = await holderInTheWay(key);
          throw holder ? createTakenError(key, holder) : error;
        });
      return { ...own, state: 'held' };
    },

    /**
     * Takes over another task's claim, with all that it began. A new run forgets the old one, which led to nothing.
     * @throws ConflictError when that task's claim has changed meanwhile
     */
    takeOver: (
      key: ClaimKey,
      from: Claim,
      { needsNewRun }: { needsNewRun: boolean },
    ): Promise<Claim> =>
      knex.transaction(async transaction => {
        const left = await ofTask(from, transaction)
          .whereIn('state', ['held', 'freed'])
          .update(stamped({ state: 'taken_over' }));
        const before = (await ofTask(from, transaction).first()) as
          | Row
          | undefined;
        if (left !== 1 || !before) throw createTakenError(key, undefined);
        const row: Row = {
          ...before,
          task_id: key.taskId,
          state: 'held',
          started_by: from.startedBy,
          run_by: needsNewRun ? key.taskId : from.runBy,
          run_id: needsNewRun ? null : before.run_id,
          request: key.request ? JSON.stringify(key.request) : before.request,
        };
        await ofTask(key, transaction).delete();
        await rows(transaction).insert(stamped(row));
        return toClaim(row);
      }),

    /** Frees a claim of its task. A claim that is done stays done. */
    free: async (claim: TaskKey): Promise<void> => {
      await ofTask(claim)
        .andWhere({ state: 'held' })
        .update(stamped({ state: 'freed' }));
    },

    /** Records that the pull request was found: Retry changes nothing from now on. */
    setDone: (key: TaskKey, pullRequestUrl: string) =>
      change(key, { state: 'done', pull_request_url: pullRequestUrl }),

    setRun: (key: TaskKey, runId: number) =>
      change(key, { run_id: String(runId) }),

    setRepoState: (key: TaskKey, state: RepoState) =>
      change(key, { repo_state: state }),
  };
};
export type Claims = Awaited<ReturnType<typeof createClaims>>;

/** SQLite's CURRENT_TIMESTAMP is text, in UTC. */
const toDate = (value: Date | number | string): Date =>
  new Date(
    typeof value === 'string' && !value.endsWith('Z')
      ? `${value.replace(' ', 'T')}Z`
      : value,
  );

const toClaim = (row: Row): Claim => ({
  requestId: row.request_id,
  repo: row.repo,
  taskId: row.task_id,
  state: row.state,
  repoState: row.repo_state,
  runId: row.run_id === null ? undefined : Number(row.run_id),
  startedBy: row.started_by ?? row.task_id,
  runBy: row.run_by ?? row.task_id,
  createdAt: new Date(row.created_at),
  request: row.request === null ? undefined : JSON.parse(row.request),
  pullRequestUrl: row.pull_request_url ?? undefined,
});

const createTakenError = ({ requestId }: ClaimKey, by: Claim | undefined) =>
  new ConflictError(
    by
      ? `Task ${by.taskId} holds request "${by.requestId}" and repository ${by.repo}; wait for it, or choose other names.`
      : `The claim on request "${requestId}" was taken by another task just now; press Retry.`,
  );

const createLostClaimError = ({ requestId, taskId }: TaskKey) =>
  new ConflictError(
    `Task ${taskId} no longer holds the claim on request "${requestId}"; another task took it. Continue there, or fill in the form again with other names.`,
  );
