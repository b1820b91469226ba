import { InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { branchName } from '@goldenpath/plugin-golden-path-common';
import { sleepUnlessCancelled, stopWhenCancelled } from '../cancellation';
import { Claims } from '../claims';
import { Clock } from '../clock';
import { GoldenPathConfig } from '../config';
import { describeDone } from '../describeClaim';
import { listPullRequests } from '../pullRequestOfTask';
import { GitHubFor } from '../github';
import {
  claimKey,
  assertGiven,
  parseRequestInput,
  REQUEST_INPUT,
  TOKEN_INPUT,
} from '../requestInput';
import {
  createClosedError,
  createRunFailedError,
  createWaits,
} from '../waiting/waits';
import { createWatches, Watches } from '../waiting/watches';
import { examples } from './rdsAwait.examples';

const GOALS = ['pull-request', 'merged', 'provisioned'] as const;
type Goal = (typeof GOALS)[number];

/** Follows the workflow run until it is completed and finds its pull request; on request also its merge and the database. */
export const createRdsAwaitAction = (deps: {
  config: GoldenPathConfig;
  claims: Pick<Claims, 'take' | 'free' | 'setDone'>;
  githubFor: GitHubFor<'workflowRuns' | 'pullRequests' | 'infraFilesOf'>;
  watches: Watches;
  clock: Clock;
}) =>
  createTemplateAction({
    id: 'goldenpath:rds:await',
    description:
      'Waits for the workflow run that goldenpath:rds:dispatch started and finds its pull request; with `until` also for the merge or the database',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        request: z => z.record(z.any()).describe(REQUEST_INPUT).optional(),
        runId: z => z.number().describe(RUN_INPUT).optional(),
        until: z =>
          z
            .string()
            .describe(
              'How far to wait: pull-request (default), merged, or provisioned. The last two hold one of scaffolder.concurrentTasksLimit for hours',
            )
            .optional(),
        token: z => z.string().describe(TOKEN_INPUT).optional(),
      },
      output: {
        conclusion: z => z.string().describe('Of the workflow run'),
        pullRequestUrl: z => z.string(),
        reached: z =>
          z.string().describe('pull-request, merged or provisioned'),
      },
    },
    async handler(ctx) {
      const { config, claims, clock } = deps;
      const github = deps.githubFor(ctx);
      const request = parseRequestInput(ctx.input.request, config);
      const goal = parseGoal(ctx.input.until);
      const { owner, repo } = config.infraRepo;
      const runId = parseRunId(ctx.input.runId);
      const key = claimKey(request, config, ctx.task.id);
      stopWhenCancelled(ctx);
      const output = (pullRequestUrl: string, reached: Goal) => {
        ctx.output('conclusion', 'success');
        ctx.output('pullRequestUrl', pullRequestUrl);
        ctx.output('reached', reached);
      };
      if (ctx.isDryRun) {
        const url = pullRequestsUrl(config.infraRepo, branchName(request));
        ctx.logger.info(
          `Nothing is awaited in a dry run. A task waits for the workflow run and its pull request: ${url}`,
        );
        output(url, goal);
        return;
      }
      // A failed run freed the claim; the run may have been re-run on GitHub since.
      const claim = await claims.take(key);
      if (claim.state === 'done' && claim.pullRequestUrl) {
        ctx.logger.info(await describeDone(claim, request, config, github));
        output(claim.pullRequestUrl, goal);
        return;
      }
      const waits = createWaits({
        config,
        github,
        // Shared reads would answer with, and fail with, another user's token.
        watches: ctx.input.token
          ? createWatches(config.await.pollMs, clock.now)
          : deps.watches,
        ports: {
          sleep: sleepUnlessCancelled(ctx, clock),
          now: clock.now,
          warn: message => ctx.logger.warn(message),
        },
      });

      const run = await waits.run(runId);
      if (run.attempt > 1) {
        ctx.logger.info(
          `The workflow run was re-run on GitHub: this is attempt ${run.attempt}.`,
        );
      }
      if (run.conclusion !== 'success') {
        await claims.free(key);
        const failed = await github.workflowRuns.failedSteps(
          { owner, repo },
          runId,
        );
        throw createRunFailedError(run, failed);
      }

      let pull = await waits.pullRequest(
        { request, branch: branchName(request) },
        run,
        async () =>
          (
            await listPullRequests(
              request,
              config.infraRepo,
              github.pullRequests,
            )
          ).find(({ taskId }) => taskId === claim.runBy),
      );
      ctx.logger.info(`Pull request: ${pull.url}`);
      if (!pull.isOpen && !pull.isMerged) throw createClosedError(pull);
      if (goal !== 'pull-request') {
        ctx.logger.info('Waiting for its merge.');
        pull = await waits.merge(pull);
        ctx.logger.info(`Merged: ${pull.url}`);
      }
      if (goal === 'provisioned') {
        ctx.logger.info('Waiting for the database.');
        await waits.database(request, pull);
        ctx.logger.info('The database is ready.');
      }
      await claims.setDone(key, pull.url);
      output(pull.url, goal);
    },
  });

const RUN_INPUT =
  "The workflow run, as returned by goldenpath:rds:dispatch: ${{ steps['trigger-rds'].output.runId }} (required)";

/** @throws InputError unless it is the ID of a run */
const parseRunId = (input: unknown): number => {
  assertGiven('runId', input, "${{ steps['trigger-rds'].output.runId }}");
  // 0 is what a dry run of goldenpath:rds:dispatch returns: no run was begun.
  if (typeof input === 'number' && Number.isSafeInteger(input) && input >= 0)
    return input;
  throw new InputError(
    `runId ${JSON.stringify(
      input,
    )}: use the ID of a workflow run, a whole number.`,
  );
};

const parseGoal = (input: string = 'pull-request'): Goal => {
  const goal = GOALS.find(one => one === input);
  if (goal) return goal;
  throw new InputError(`until "${input}": use one of ${GOALS.join(', ')}.`);
};

/** The search for the pull requests of a branch. */
const pullRequestsUrl = (
  { webUrl, owner, repo }: GoldenPathConfig['infraRepo'],
  branch: string,
) =>
  `${webUrl}/${owner}/${repo}/pulls?q=${encodeURIComponent(
    `is:pr head:${branch}`,
  )}`;
