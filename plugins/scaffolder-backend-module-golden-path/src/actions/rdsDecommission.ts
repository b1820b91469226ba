import { InputError } from '@backstage/errors';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  parseRemovalMarker,
  removalBranchName,
  removalInputs,
  RemovalInputs,
  RemovalRequest,
  removalRunName,
  requestId,
} from '@goldenpath/plugin-golden-path-common';
import { sleepUnlessCancelled, stopWhenCancelled } from '../cancellation';
import { checkInfraRepo } from '../checks/infraRepoReady';
import { Clock } from '../clock';
import { GoldenPathConfig } from '../config';
import { dispatchForTask } from '../dispatchForTask';
import { GitHub, GitHubFor } from '../github';
import { Authorize } from '../removal/authorize';
import { parseRemovalForm } from '../removal/parseInput';
import { readDatabase } from '../removal/readDatabase';
import { ReadUsage } from '../removal/readUsage';
import { readRequester } from '../requester';
import { formatProblems, TOKEN_INPUT } from '../requestInput';
import { createRunFailedError, createWaits } from '../waiting/waits';
import { createWatches } from '../waiting/watches';
import { examples } from './rdsDecommission.examples';

/**
 * Has the pull request opened that takes a database out of the infra repo: dispatches the workflow, once per task, and waits
 * for it. Safe to repeat: the workflow finds the open pull request.
 */
export const createRdsDecommissionAction = (deps: {
  config: GoldenPathConfig;
  githubFor: GitHubFor<
    | 'infraFiles'
    | 'infraFilesOf'
    | 'pullRequests'
    | 'repositories'
    | 'workflowRuns'
  >;
  catalog: Pick<CatalogService, 'getEntityByRef'>;
  authorize: Authorize;
  readUsage: ReadUsage;
  clock: Clock;
}) =>
  createTemplateAction({
    id: 'goldenpath:rds:decommission',
    description:
      'Has a workflow open the pull request that takes a database out of the infra repo. Nothing is dropped',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        environment: z =>
          z
            .string()
            .describe('As returned by goldenpath:rds:inspect (required)')
            .optional(),
        databaseName: z =>
          z
            .string()
            .describe('As returned by goldenpath:rds:inspect (required)')
            .optional(),
        confirmation: z =>
          z
            .string()
            .describe('The name of the database again (required)')
            .optional(),
        reason: z =>
          z.string().describe('One of the form (required)').optional(),
        token: z => z.string().describe(TOKEN_INPUT).optional(),
      },
      output: {
        runUrl: z => z.string().describe('Page of the workflow run'),
        pullRequestUrl: z => z.string(),
        preview: z =>
          z
            .string()
            .describe("Only in a dry run: the run's inputs, as Markdown")
            .optional(),
      },
    },
    async handler(ctx) {
      const { token: _, ...form } = ctx.input;
      const config = useWorkflow(deps.config);
      const github = deps.githubFor(ctx);
      const requester = await readRequester(ctx);
      const removal = parseRemovalForm(form, requester.name, config);
      const credentials = await ctx.getInitiatorCredentials();
      const database = await readDatabase(removal, config, {
        infraFiles: github.infraFiles,
        catalog: deps.catalog,
        credentials,
      });
      await deps.authorize('decommission', database, requester, credentials);
      const problems = await checkInfraRepo(config.infraRepo, {
        repository: github.repositories.get,
        isWorkflowEnabled: github.workflowRuns.isEnabled,
      });
      if (problems.length > 0)
        throw new InputError(formatProblems('The request', problems));
      stopWhenCancelled(ctx);

      const inputs = removalInputs(
        removal,
        {
          dependants: database.dependants,
          usage: await deps.readUsage(
            removal.environment,
            removal.databaseName,
          ),
        },
        { taskId: ctx.task.id, baseBranch: config.infraRepo.baseBranch },
      );
      if (ctx.isDryRun) {
        const preview = printInputs(config.infraRepo, inputs);
        ctx.logger.info(`Nothing is dispatched in a dry run.\n\n${preview}`);
        ctx.output('preview', preview);
        return;
      }
      const dispatched = await dispatchForTask(
        ctx,
        {
          id: `decommission.${requestId(removal)}.${ctx.task.id}`,
          workflow: config.infraRepo.workflow,
          runName: removalRunName(removal, ctx.task.id),
          inputs: { ...inputs },
        },
        { config, workflowRuns: github.workflowRuns, clock: deps.clock },
      );
      ctx.logger.info(`Workflow run: ${dispatched.url}`);
      ctx.output('runUrl', dispatched.url);
      const url = await awaitPullRequest(ctx, removal, dispatched.id, {
        config,
        github,
        clock: deps.clock,
      });
      ctx.logger.info(`Pull request: ${url}`);
      ctx.output('pullRequestUrl', url);
    },
  });

/** The configuration with the workflow that takes databases out. */
const useWorkflow = (config: GoldenPathConfig): GoldenPathConfig => ({
  ...config,
  infraRepo: {
    ...config.infraRepo,
    workflow: config.infraRepo.decommissionWorkflow,
  },
});

/** Follows the run to its end and finds its pull request, or the open one that another run opened for the same database. */
const awaitPullRequest = async (
  ctx: {
    task: { id: string };
    signal?: AbortSignal;
    logger: { warn(message: string): void };
  },
  removal: RemovalRequest,
  runId: number,
  deps: {
    config: GoldenPathConfig;
    github: Pick<GitHub, 'workflowRuns' | 'pullRequests' | 'infraFilesOf'>;
    clock: Clock;
  },
): Promise<string> => {
  const { config, github, clock } = deps;
  const { owner, repo } = config.infraRepo;
  const waits = createWaits({
    config,
    github,
    watches: createWatches(config.await.pollMs, clock.now),
    ports: {
      sleep: sleepUnlessCancelled(ctx, clock),
      now: clock.now,
      warn: message => ctx.logger.warn(message),
    },
  });
  const run = await waits.run(runId);
  if (run.conclusion !== 'success')
    throw createRunFailedError(
      run,
      await github.workflowRuns.failedSteps({ owner, repo }, runId),
    );
  const branch = removalBranchName(removal);
  const { url } = await waits.pullRequest(
    { request: removal, branch },
    run,
    async () =>
      (
        await github.pullRequests.ofBranch({ owner, repo }, branch)
      ).find(
        ({ isOpen, body }) =>
          isOpen || parseRemovalMarker(body)?.taskId === ctx.task.id,
      ),
  );
  return url;
};

const printInputs = (
  { workflow, ref }: GoldenPathConfig['infraRepo'],
  inputs: RemovalInputs,
): string =>
  `A task dispatches ${workflow} from \`${ref}\` with these inputs:\n\n\`\`\`json\n${JSON.stringify(
    inputs,
    undefined,
    2,
  )}\n\`\`\``;
