import { readdir } from 'node:fs/promises';
import { ConflictError } from '@backstage/errors';
import {
  ActionContext,
  createTemplateAction,
  TemplateAction,
} from '@backstage/plugin-scaffolder-node';
import { GitHubRepo, Repositories } from '@goldenpath/plugin-golden-path-node';
import { sleepUnlessCancelled, stopWhenCancelled } from '../cancellation';
import { Claim, Claims } from '../claims';
import { GoldenPathConfig } from '../config';
import { RenderApp } from '../render/renderApp';
import { DEFAULT_SKELETON } from '../render/skeletons';
import {
  appRepo,
  claimKey,
  parseRequestInput,
  REQUEST_INPUT,
} from '../requestInput';
import { examples } from './appPublish.examples';

const DEFAULT_BRANCH = 'main';
/** GitHub may say "Not Found" of a repository that it made a moment ago (backstage/backstage#33809). */
const SHOWS_LOOKUPS = 10;
const SHOWS_INTERVAL_MS = 1_000;

type AnyAction = Pick<TemplateAction<any, any>, 'handler'>;

/** The actions of Backstage's GitHub module of which `publish:github` is made. */
export interface PublishActions {
  /** `github:repo:create` */
  create: AnyAction;
  /** `github:repo:push`; protects the branch as well. */
  push: AnyAction;
  /** `github:branch-protection:create` */
  protect: AnyAction;
}

/**
 * `publish:github` made repeatable. Recovery and Retry may cut in anywhere: before the repository is made, before the
 * push, before the protection; and they may start with an empty workspace.
 */
export const createAppPublishAction = (deps: {
  config: GoldenPathConfig;
  claims: Pick<Claims, 'take' | 'setRepoState'>;
  repositories: Repositories;
  actions: PublishActions;
  renderApp: RenderApp;
  /** The page of a task: a new repository carries it as its homepage, which tells whose it is. */
  taskUrl(taskId: string): string;
}) =>
  createTemplateAction({
    id: 'goldenpath:app:publish',
    description:
      'Publishes the workspace as a new repository on GitHub; picks up what an earlier attempt of this task has made',
    examples,
    schema: {
      input: {
        request: z => z.record(z.any()).describe(REQUEST_INPUT),
        skeleton: z =>
          z
            .string()
            .describe(
              'As for goldenpath:app:render, which is done again where the workspace is empty',
            )
            .optional(),
      },
      output: {
        remoteUrl: z => z.string().describe('To clone from'),
        repoContentsUrl: z =>
          z.string().describe('Root of the files, for catalog:register'),
        repoUrl: z => z.string().describe('Page of the repository'),
      },
    },
    async handler(ctx) {
      const { config, claims, repositories, actions } = deps;
      const request = parseRequestInput(ctx.input.request, config);
      const { host, ...app } = appRepo(request, config);
      const repoUrl = `${host}?owner=${app.owner}&repo=${app.repo}`;
      const key = claimKey(request, config, ctx.task.id);
      const homepage = deps.taskUrl(ctx.task.id);
      stopWhenCancelled(ctx);
      const claim = await claims.take(key);

      const present = await repositories.get(app);
      if (present) {
        assertOwn(claim, app, present, homepage);
        ctx.logger.info(
          `Picking up ${present.url}, which this task made before.`,
        );
      } else {
        await claims.setRepoState(key, 'creating');
        await run(actions.create, ctx, {
          repoUrl,
          description: request.description || undefined,
          homepage,
          repoVisibility: config.app.visibility,
        });
      }
      await claims.setRepoState(key, 'created');
      const repository =
        present ?? (await shows(app, repositories, sleepUnlessCancelled(ctx)));

      if (await repositories.hasBranch(app, DEFAULT_BRANCH)) {
        await protectOrWarn(actions, ctx, repoUrl);
      } else {
        if ((await readdir(ctx.workspacePath)).length === 0) {
          ctx.logger.info('The workspace is empty; rendering the app again.');
          await deps.renderApp(
            ctx,
            request,
            ctx.input.skeleton ?? DEFAULT_SKELETON,
          );
        }
        stopWhenCancelled(ctx);
        await run(actions.push, ctx, {
          repoUrl,
          defaultBranch: DEFAULT_BRANCH,
          gitCommitMessage: `feat: ${request.component_id} from the golden path`,
        }).catch(async error => {
          // The push may have come through although its answer did not.
          if (!(await repositories.hasBranch(app, DEFAULT_BRANCH))) throw error;
          await protectOrWarn(actions, ctx, repoUrl);
        });
      }
      ctx.output('remoteUrl', repository.cloneUrl);
      ctx.output('repoContentsUrl', `${repository.url}/blob/${DEFAULT_BRANCH}`);
      ctx.output('repoUrl', repository.url);
    },
  });

/** Only a repository that this task made may be picked up; between its making and our note of it, its homepage tells. */
const assertOwn = (
  claim: Claim,
  app: GitHubRepo,
  repository: { url: string; homepage: string | undefined },
  homepage: string,
) => {
  const isOwn =
    claim.repoState === 'created' ||
    (claim.repoState === 'creating' && repository.homepage === homepage);
  if (!isOwn) {
    throw new ConflictError(
      `The repository ${app.owner}/${app.repo} exists already (${repository.url}) and this task did not make it; nothing in it was touched. Fill the form again with another app name.`,
    );
  }
};

const shows = async (
  app: GitHubRepo,
  repositories: Repositories,
  sleep: (ms: number) => Promise<void>,
) => {
  for (let lookup = 1; ; lookup++) {
    const repository = await repositories.get(app);
    if (repository) return repository;
    if (lookup >= SHOWS_LOOKUPS) {
      throw new ConflictError(
        `GitHub made ${app.owner}/${app.repo} but does not show it yet; press Retry in a minute.`,
      );
    }
    await sleep(SHOWS_INTERVAL_MS);
  }
};

/** As publish:github does: some plans of GitHub have no protection for private repositories. */
const protectOrWarn = (
  actions: PublishActions,
  ctx: ActionContext<any, any>,
  repoUrl: string,
) =>
  run(actions.protect, ctx, { repoUrl, branch: DEFAULT_BRANCH }).catch(error =>
    ctx.logger.warn(`The branch is not protected: ${error.message}`),
  );

/**
 * Runs another action inside this step. Its outputs are not the step's, and it gets no checkpoint: what it has done is
 * read from GitHub, which a checkpoint of a repository that somebody deleted meanwhile would contradict.
 */
const run = (
  action: AnyAction,
  ctx: ActionContext<any, any>,
  input: Record<string, unknown>,
) =>
  action.handler({
    ...ctx,
    input,
    checkpoint: ({ fn }) => Promise.resolve(fn()),
    output: () => {},
  });
