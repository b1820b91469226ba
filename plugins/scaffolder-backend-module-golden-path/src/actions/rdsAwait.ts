import { NotFoundError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { branchName, requestId } from '@goldenpath/plugin-golden-path-common';
import { followRun } from '@goldenpath/plugin-golden-path-node';
import { sleepUnlessCancelled, stopWhenCancelled } from '../cancellation';
import { Claims } from '../claims';
import { GoldenPathConfig } from '../config';
import { WorkflowRunFailedError } from '../errors';
import { GitHubFor } from '../github';
import { listPullRequests } from '../pullRequestOfTask';
import {
  claimKey,
  parseRequestInput,
  REQUEST_INPUT,
  TOKEN_INPUT,
} from '../requestInput';
import { examples } from './rdsAwait.examples';

/** GitHub may list a new pull request with a delay. */
const PULL_REQUEST_LOOKUPS = 6;

/** Follows the workflow run until it is completed and finds its pull request. */
export const createRdsAwaitAction = (deps: {
  config: GoldenPathConfig;
  claims: Pick<Claims, 'take' | 'free'>;
  githubFor: GitHubFor<'workflowRuns' | 'pullRequests'>;
}) =>
  createTemplateAction({
    id: 'goldenpath:rds:await',
    description:
      'Waits for the workflow run that goldenpath:rds:dispatch started and finds its pull request',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        request: z => z.record(z.any()).describe(REQUEST_INPUT),
        runId: z => z.number().describe('Of the workflow run'),
        token: z => z.string().describe(TOKEN_INPUT).optional(),
      },
      output: {
        conclusion: z => z.string().describe('Of the workflow run'),
        pullRequestUrl: z => z.string(),
      },
    },
    async handler(ctx) {
      const { config, claims } = deps;
      const github = deps.githubFor(ctx);
      const request = parseRequestInput(ctx.input.request, config);
      const { owner, repo } = config.infraRepo;
      const infra = { owner, repo };
      const { runId } = ctx.input;
      const key = claimKey(request, config, ctx.task.id);
      const sleep = sleepUnlessCancelled(ctx);
      stopWhenCancelled(ctx);
      if (ctx.isDryRun) {
        const url = pullRequestsUrl(config.infraRepo, branchName(request));
        ctx.logger.info(
          `Nothing is awaited in a dry run. A task waits for the workflow run and its pull request: ${url}`,
        );
        ctx.output('conclusion', 'success');
        ctx.output('pullRequestUrl', url);
        return;
      }
      // A failed run freed the claim; the run may have been re-run on GitHub since.
      await claims.take(key);

      const run = await followRun(
        `Workflow run ${runId} of ${owner}/${repo}`,
        config.await,
        {
          get: () => github.workflowRuns.get(infra, runId),
          sleep,
          now: () => performance.now(),
          warn: message => ctx.logger.warn(message),
        },
      );
      if (run.conclusion !== 'success') {
        await claims.free(key);
        const failed = await github.workflowRuns.failedSteps(infra, runId);
        throw new WorkflowRunFailedError(
          `The workflow run ended with "${run.conclusion}"${
            failed.length > 0 ? ` at ${failed.join(', ')}` : ''
          }: ${
            run.url
          }. Its log says why. Re-run it there, then press Retry here.`,
        );
      }

      for (let lookup = 1; ; lookup++) {
        const pulls = await listPullRequests(
          request,
          infra,
          github.pullRequests,
        );
        const own = pulls.find(pull => pull.taskId === ctx.task.id);
        if (own) {
          ctx.logger.info(`Pull request: ${own.url}`);
          ctx.output('conclusion', run.conclusion);
          ctx.output('pullRequestUrl', own.url);
          return;
        }
        if (lookup >= PULL_REQUEST_LOOKUPS) {
          throw new NotFoundError(
            `The workflow run ${
              run.url
            } succeeded, but ${owner}/${repo} has no pull request from branch ${branchName(
              request,
            )} for request ${requestId(
              request,
            )} of this task. Its log says why.`,
          );
        }
        await sleep(config.await.pollMs);
      }
    },
  });

/** The search for the pull requests of a branch. */
const pullRequestsUrl = (
  { webUrl, owner, repo }: GoldenPathConfig['infraRepo'],
  branch: string,
) =>
  `${webUrl}/${owner}/${repo}/pulls?q=${encodeURIComponent(
    `is:pr head:${branch}`,
  )}`;
