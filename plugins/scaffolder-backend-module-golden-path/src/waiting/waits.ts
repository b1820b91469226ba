import { NotFoundError } from '@backstage/errors';
import {
  DatabaseRequest,
  requestId,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import {
  followRun,
  poll,
  PollPorts,
  PullRequestSummary,
  WorkflowRun,
} from '@goldenpath/plugin-golden-path-node';
import { GoldenPathConfig } from '../config';
import {
  ProvisionFailedError,
  PullRequestClosedError,
  WorkflowRunFailedError,
} from '../errors';
import { GitHub } from '../github';
import { readProvisioning } from './readProvisioning';
import { Watches } from './watches';

/** GitHub may list a new pull request with a delay. */
const PULL_REQUEST_LOOKUPS = 6;

/** The waits of one task, one after the other. */
export const createWaits = (deps: {
  config: Pick<GoldenPathConfig, 'infraRepo' | 'await'>;
  github: Pick<GitHub, 'workflowRuns' | 'pullRequests' | 'infraFilesOf'>;
  watches: Watches;
  ports: PollPorts;
}) => {
  const { config, github, watches, ports } = deps;
  const { owner, repo, workflow, baseBranch } = config.infraRepo;
  const infra = { owner, repo };
  const { pollMs } = config.await;

  return {
    /** Follows the workflow run to its end. */
    run: (runId: number): Promise<WorkflowRun> =>
      followRun(`Workflow run ${runId} of ${owner}/${repo}`, config.await, {
        ...ports,
        get: () =>
          watches.run(github.workflowRuns, { ...infra, workflow }, runId),
      }).finally(() => watches.forget(runId)),

    /**
     * Finds the pull request of a task.
     * @throws NotFoundError when there is none
     */
    pullRequest: async (
      { request, branch }: { request: RequestKey; branch: string },
      run: WorkflowRun,
      find: () => Promise<PullRequestSummary | undefined>,
    ): Promise<PullRequestSummary> => {
      for (let lookup = 1; ; lookup++) {
        const own = await find();
        if (own) return own;
        if (lookup >= PULL_REQUEST_LOOKUPS) {
          throw new NotFoundError(
            `The workflow run ${
              run.url
            } succeeded, but ${owner}/${repo} has no pull request from branch ${branch} for request ${requestId(
              request,
            )} of this task. Its log says why.`,
          );
        }
        await ports.sleep(pollMs);
      }
    },

    /** Waits for the merge. @throws PullRequestClosedError when it was closed instead */
    merge: async (pull: PullRequestSummary): Promise<PullRequestSummary> => {
      const timeoutMs = config.await.mergeTimeoutMs;
      const ended = pull.isOpen
        ? await poll(
            {
              timeoutMs,
              pollMs,
              late: `Pull request ${
                pull.url
              } was not merged within ${formatWait(
                timeoutMs,
              )}. It is still open; have it approved and press Retry to go on waiting, or raise goldenPath.await.mergeTimeout.`,
            },
            {
              ...ports,
              read: () =>
                watches.endedPull(
                  github.pullRequests,
                  { ...infra, baseBranch },
                  pull.number,
                ),
            },
          )
        : pull;
      if (!ended.isMerged) throw createClosedError(ended);
      return ended;
    },

    /** Waits until the merged request's database exists. */
    database: async (
      request: DatabaseRequest,
      { url, mergeCommit }: PullRequestSummary,
    ): Promise<void> => {
      const { catalogPath } = config.infraRepo;
      const id = requestId(request);
      const timeoutMs = config.await.provisionTimeoutMs;
      const began = ports.now();
      const end = await poll(
        {
          timeoutMs,
          pollMs,
          late: `Database ${id} was not created within ${formatWait(
            timeoutMs,
          )} after the merge of ${url}. The run of rds-database-apply.yml may wait for its reviewers; press Retry to go on waiting, or raise goldenPath.await.provisionTimeout.`,
        },
        {
          ...ports,
          read: () =>
            readProvisioning(
              request,
              { catalogPath, mergeCommit },
              {
                catalog: (branch = baseBranch) =>
                  watches.catalog(branch, began, () =>
                    github.infraFilesOf(branch).read(catalogPath),
                  ),
                runsOf: commit => github.workflowRuns.ofPush(infra, commit),
              },
            ),
        },
      );
      if (end.state === 'undeclared') {
        throw new NotFoundError(
          `${catalogPath} of ${owner}/${repo} does not declare ${id} any more, although ${url} is merged: somebody removed it. Fill in the form again to request it.`,
        );
      }
      if (end.state === 'failed') {
        throw new ProvisionFailedError(
          `Database ${id} could not be created${
            end.run ? `: ${end.run.url}` : ''
          }. The log of rds-database-apply.yml says why. Tell the platform team; when it is repaired, press Retry.`,
        );
      }
    },
  };
};

export const createRunFailedError = (
  { conclusion, url }: Pick<WorkflowRun, 'conclusion' | 'url'>,
  failedSteps: readonly string[],
) =>
  new WorkflowRunFailedError(
    `The workflow run ended with "${conclusion}"${
      failedSteps.length > 0 ? ` at ${failedSteps.join(', ')}` : ''
    }: ${url}. Its log says why. Re-run it there, then press Retry here; or start over with the same values, which sends a new run.`,
  );

/** @throws PullRequestClosedError */
export const createClosedError = ({ url }: PullRequestSummary) =>
  new PullRequestClosedError(
    `Pull request ${url} was closed without being merged, so no database is created. Its comments say why. Reopen it and press Retry, or fill in the form again with other names.`,
  );

const formatWait = (ms: number): string => {
  const units: Array<[string, number]> = [
    ['hours', 3_600_000],
    ['minutes', 60_000],
    ['seconds', 1_000],
  ];
  const [unit, size] = units.find(([, one]) => ms >= 2 * one) ?? ['ms', 1];
  return `${Math.round(ms / size)} ${unit}`;
};
