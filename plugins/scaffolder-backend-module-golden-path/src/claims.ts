import {
  DatabaseService,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import { ConflictError } from '@backstage/errors';
import { Knex } from 'knex';

const PACKAGE = '@goldenpath/plugin-scaffolder-backend-module-golden-path';
const TABLE = 'goldenpath_claims';

/** What a task recorded about the app repo: nothing, before its creation, after it. */
export type RepoState = 'none' | 'creating' | 'created';

/** One task's hold on a request and on the repository of its app. */
export interface Claim {
  requestId: string;
  /** `<host>/<owner>/<name>`, in lower case as GitHub compares it. */
  repo: string;
  taskId: string;
  /** A freed claim keeps its data until another task replaces it. */
  state: 'held' | 'freed';
  repoState: RepoState;
  /** The workflow run, once it is dispatched. */
  runId: number | undefined;
}

export type ClaimKey = Pick<Claim, 'requestId' | 'repo' | 'taskId'>;

interface Row {
  request_id: string;
  repo: string;
  task_id: string;
  state: Claim['state'];
  repo_state: RepoState;
  run_id: string | null;
}

/** Opens the claims in the scaffolder's database, created by our own migrations next to the scaffolder's. */
export const createClaims = async (database: DatabaseService) => {
  const knex = await database.getClient();
  if (!database.migrations?.skip) {
    await knex.migrate.latest({
      directory: resolvePackagePath(PACKAGE, 'migrations'),
      tableName: 'goldenpath_knex_migrations',
    });
  }
  return createClaimStore(knex);
};

const createClaimStore = (knex: Knex) => {
  const rows = () => knex<Row>(TABLE);
  const ofTask = ({ requestId, taskId }: Omit<ClaimKey, 'repo'>) =>
    rows().where({ request_id: requestId, task_id: taskId });
  const change = async (
    key: Omit<ClaimKey, 'repo'>,
    fields: Partial<Row>,
  ): Promise<void> => {
    const changed = await ofTask(key).update({
      ...fields,
      updated_at: knex.fn.now(),
    } as Partial<Row>);
    if (changed !== 1) throw createLostClaimError(key);
  };
  const around = async ({ requestId, repo }: Omit<ClaimKey, 'taskId'>) =>
    (await rows().where({ request_id: requestId }).orWhere({ repo })).map(
      toClaim,
    );

  return {
    /** Lists all tasks' claims on the request or the repository. */
    around,

    /** The task's own claim. */
    get: async (key: Omit<ClaimKey, 'repo'>): Promise<Claim | undefined> => {
      const row = await ofTask(key).first();
      return row && toClaim(row);
    },

    /**
     * Claims request and repository for the task, which may hold them already. Every statement is atomic, and unique
     * keys decide between concurrent tasks.
     * @throws ConflictError naming the task that holds either of them
     */
    take: async (key: ClaimKey): Promise<Claim> => {
      const { requestId, repo, taskId } = key;
      await rows()
        .where({ state: 'freed' })
        .whereNot({ task_id: taskId })
        .where(either =>
          either.where({ request_id: requestId }).orWhere({ repo }),
        )
        .delete();
      await rows()
        .insert({
          request_id: requestId,
          repo,
          task_id: taskId,
          state: 'held',
          repo_state: 'none',
          run_id: null,
        })
        .onConflict()
        .ignore();
      const own = (await ofTask(key).andWhere({ repo }).first()) as
        | Row
        | undefined;
      if (own) {
        if (own.state === 'freed') await change(key, { state: 'held' });
        return toClaim({ ...own, state: 'held' });
      }
      const [other] = await around(key);
      throw new ConflictError(
        other
          ? `Task ${other.taskId} holds request "${other.requestId}" and repository ${other.repo}; wait for it, or choose other names.`
          : `The claim on request "${requestId}" was taken by another task just now; press Retry.`,
      );
    },

    /** Frees a claim of its task. */
    free: async (claim: Omit<ClaimKey, 'repo'>): Promise<void> => {
      await ofTask(claim).update({
        state: 'freed',
        updated_at: knex.fn.now(),
      } as Partial<Row>);
    },

    setRun: (key: Omit<ClaimKey, 'repo'>, runId: number) =>
      change(key, { run_id: String(runId) }),

    setRepoState: (key: Omit<ClaimKey, 'repo'>, state: RepoState) =>
      change(key, { repo_state: state }),
  };
};
export type Claims = Awaited<ReturnType<typeof createClaims>>;

const toClaim = (row: Row): Claim => ({
  requestId: row.request_id,
  repo: row.repo,
  taskId: row.task_id,
  state: row.state,
  repoState: row.repo_state,
  runId: row.run_id === null ? undefined : Number(row.run_id),
});

const createLostClaimError = ({ requestId, taskId }: Omit<ClaimKey, 'repo'>) =>
  new ConflictError(
    `Task ${taskId} no longer holds the claim on request "${requestId}"; another task took it. Fill in the form again.`,
  );
