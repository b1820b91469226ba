import { NotAllowedError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  DatabaseRequest,
  Problem,
  requestId,
  runName,
  workflowInputs,
} from '@goldenpath/plugin-golden-path-common';
import { DispatchedRun } from '@goldenpath/plugin-golden-path-node';
import { CheckOwner } from '../checks/mayOwn';
import { stopWhenCancelled } from '../cancellation';
import { Claims } from '../claims';
import { Clock } from '../clock';
import { dispatchForTask } from '../dispatchForTask';
import { GoldenPathConfig } from '../config';
import { GitHubFor } from '../github';
import { PlanRequest } from '../planRequest';
import { readRequester, Requester } from '../requester';
import {
  claimKey,
  formatProblems,
  parseRequestInput,
  REQUEST_INPUT,
  TOKEN_INPUT,
} from '../requestInput';
import { examples } from './rdsDispatch.examples';

/** Dispatches the workflow that opens the pull request: once per task, also after recovery and Retry. */
export const createRdsDispatchAction = (deps: {
  config: GoldenPathConfig;
  claims: Pick<Claims, 'get' | 'take' | 'setRun'>;
  githubFor: GitHubFor<'workflowRuns' | 'infraFiles'>;
  previewRequest: PlanRequest['preview'];
  checkOwner: CheckOwner;
  clock: Clock;
}) =>
  createTemplateAction({
    id: 'goldenpath:rds:dispatch',
    description:
      'Dispatches the workflow that opens the pull request for the database, exactly once',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        request: z => z.record(z.any()).describe(REQUEST_INPUT).optional(),
        token: z => z.string().describe(TOKEN_INPUT).optional(),
      },
      output: {
        runId: z => z.number().describe('Of the workflow run; 0 in a dry run'),
        runUrl: z =>
          z
            .string()
            .describe(
              'Page of the workflow run; in a dry run, of the workflow',
            ),
        preview: z =>
          z
            .string()
            .describe(
              "Only in a dry run: the run's inputs and the pull request, as Markdown",
            )
            .optional(),
      },
    },
    async handler(ctx) {
      const { config, claims, clock } = deps;
      const github = deps.githubFor(ctx);
      const request = parseRequestInput(ctx.input.request, config);
      const { workflow, baseBranch } = config.infraRepo;
      const taskId = ctx.task.id;
      const key = claimKey(request, config, taskId);
      stopWhenCancelled(ctx);
      const outputRun = ({ id, url }: DispatchedRun) => {
        ctx.logger.info(`Workflow run: ${url}`);
        ctx.output('runId', id);
        ctx.output('runUrl', url);
      };
      const known = await claims.get(key);
      // Retry of a task that is done changes nothing, whoever is a member of the owner group by now.
      if (known?.state === 'done' && known.runId !== undefined) {
        outputRun(toRun(known.runId, config));
        return;
      }
      // Again, because any template may call this action without goldenpath:request:validate.
      const requester = await readRequester(ctx);
      const problems = [
        ...findRequesterProblems(request, requester),
        ...(await deps.checkOwner(
          { owner: request.owner, requester },
          await ctx.getInitiatorCredentials(),
        )),
      ];
      if (problems.length > 0)
        throw new NotAllowedError(formatProblems('The request', problems));
      if (ctx.isDryRun) {
        const preview = `${printInputs(
          config.infraRepo,
          workflowInputs(request, { taskId, baseBranch }),
        )}\n\n${await deps.previewRequest(request, github.infraFiles, taskId)}`;
        ctx.logger.info(`Nothing is dispatched in a dry run.\n\n${preview}`);
        ctx.output('runId', 0);
        ctx.output('runUrl', workflowUrl(config.infraRepo));
        ctx.output('preview', preview);
        return;
      }
      const claim = await claims.take(key);
      if (claim.runId !== undefined) {
        outputRun(toRun(claim.runId, config));
        return;
      }

      // The task that this one took over may have dispatched before it died.
      const sentBefore =
        claim.runBy === taskId ? undefined : claim.createdAt.getTime();
      const run = await dispatchForTask(
        ctx,
        {
          id: `${requestId(request)}.${taskId}`,
          workflow,
          runName: runName(request, claim.runBy),
          inputs: {
            ...workflowInputs(request, { taskId: claim.runBy, baseBranch }),
          },
          sentBefore,
          createdSince: claim.createdAt,
        },
        { config, workflowRuns: github.workflowRuns, clock },
      );
      await claims.setRun(key, run.id);
      outputRun(run);
    },
  });

const toRun = (
  id: number,
  { infraRepo: { webUrl, owner, repo } }: GoldenPathConfig,
): DispatchedRun => ({
  id,
  url: `${webUrl}/${owner}/${repo}/actions/runs/${id}`,
});

const workflowUrl = ({
  webUrl,
  owner,
  repo,
  workflow,
}: GoldenPathConfig['infraRepo']) =>
  `${webUrl}/${owner}/${repo}/actions/workflows/${workflow}`;

const printInputs = (
  infraRepo: GoldenPathConfig['infraRepo'],
  inputs: object,
): string =>
  `A task dispatches [${infraRepo.workflow}](${workflowUrl(
    infraRepo,
  )}) from \`${
    infraRepo.ref
  }\` with these inputs:\n\n\`\`\`json\n${JSON.stringify(
    inputs,
    undefined,
    2,
  )}\n\`\`\`\n\nThe run opens this pull request:`;

const findRequesterProblems = (
  { requestedBy }: DatabaseRequest,
  { name }: Requester,
): Problem[] =>
  requestedBy === name
    ? []
    : [
        {
          field: 'requestedBy',
          message: `Requesting user: the request names "${requestedBy}", and this task was started by "${name}". Pass on the output of goldenpath:request:validate unchanged.`,
        },
      ];
