import {
  GitHubRepo,
  PullRequestReader,
  PullRequestSummary,
  WorkflowRun,
  WorkflowRuns,
} from '@goldenpath/plugin-golden-path-node';
import { createSharedRead, SharedRead } from './sharedRead';

/** Who has not asked for so many intervals waits no more. */
const FORGET_AFTER = 15;

/**
 * What the waiting tasks of this process ask GitHub, together: one call in an interval lists the runs, one the open pull
 * requests, however many tasks wait.
 */
export const createWatches = (intervalMs: number, now: () => number) => {
  const runs = createSharedRead<Map<number, WorkflowRun>>(intervalMs, now);
  const openPulls = createSharedRead<Set<number>>(intervalMs, now);
  const catalogs = new Map<string, SharedRead<string | undefined>>();
  const askedAt = new Map<number, number>();

  /** How many different runs are followed. */
  const countFollowed = (runId: number) => {
    askedAt.set(runId, now());
    for (const [id, at] of askedAt) {
      if (now() - at > FORGET_AFTER * intervalMs) askedAt.delete(id);
    }
    return askedAt.size;
  };

  return {
    /**
     * Reads a run: from the list while several are followed and it is in progress there, else alone. So what a completed
     * run ended with is always new: a person may have re-run it a second ago.
     * @returns undefined when it doesn't exist
     */
    run: async (
      workflowRuns: Pick<WorkflowRuns, 'latest' | 'get'>,
      { workflow, ...repo }: GitHubRepo & { workflow: string },
      runId: number,
    ): Promise<WorkflowRun | undefined> => {
      const listed =
        countFollowed(runId) > 1
          ? await runs(async () =>
              toMap(await workflowRuns.latest(repo, workflow)),
            )
          : undefined;
      const run = listed?.get(runId);
      return run && !run.isCompleted ? run : workflowRuns.get(repo, runId);
    },

    /** Stops counting a run whose task waits no more. */
    forget: (runId: number) => void askedAt.delete(runId),

    /** Reads a pull request once it is merged or closed; undefined while it is open. */
    endedPull: async (
      pullRequests: Pick<PullRequestReader, 'listOpen' | 'get'>,
      { baseBranch, ...repo }: GitHubRepo & { baseBranch: string },
      number: number,
    ): Promise<PullRequestSummary | undefined> => {
      const open = await openPulls(
        async () =>
          new Set(
            (
              await pullRequests.listOpen(repo, baseBranch)
            ).map(pull => pull.number),
          ),
      );
      if (open.has(number)) return undefined;
      const pull = await pullRequests.get(repo, number);
      return pull.isOpen ? undefined : pull;
    },

    /**
     * Reads the catalog of a branch of the infra repo.
     * @param since - when the wait began: a catalog that another task read before may be from before the merge, or before
     * the repair after which somebody pressed Retry
     */
    catalog: (
      branch: string,
      since: number,
      read: () => Promise<string | undefined>,
    ): Promise<string | undefined> => {
      const shared =
        catalogs.get(branch) ??
        createSharedRead<string | undefined>(intervalMs, now);
      catalogs.set(branch, shared);
      return shared(read, since);
    },
  };
};
export type Watches = ReturnType<typeof createWatches>;

const toMap = (runs: WorkflowRun[]) =>
  new Map(runs.map(run => [run.id, run] as const));
