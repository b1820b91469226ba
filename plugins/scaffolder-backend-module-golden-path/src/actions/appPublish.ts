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
import { GitHubFor } from '../github';
import { RenderApp } from '../render/renderApp';
import { DEFAULT_SKELETON } from '../render/skeletons';
import {
  appRepo,
  claimKey,
  parseRequestInput,
  REQUEST_INPUT,
  TOKEN_INPUT,
} from '../requestInput';
import { examples } from './appPublish.examples';

const DEFAULT_BRANCH = 'main';
/** GitHub may answer "Not Found" for a new repository (backstage/backstage#33809). */
const SHOWS_LOOKUPS = 10;
const SHOWS_INTERVAL_MS = 1_000;
const SKELETON_AGAIN =
  'As for goldenpath:app:render, which runs again when the workspace is empty';

type AnyAction = Pick<TemplateAction<any, any>, 'handler'>;

/** The actions of Backstage's GitHub module that `publish:github` consists of. */
export interface PublishActions {
  /** `github:repo:create` */
  create: AnyAction;
  /** `github:repo:push`; protects the branch as well. */
  push: AnyAction;
  /** `github:branch-protection:create` */
  protect: AnyAction;
}

/**
 * A repeatable `publish:github`. Recovery and Retry may start at any point: before the repository is created, before
 * the push, before the branch protection; also with an empty workspace.
 */
export const createAppPublishAction = (deps: {
  config: GoldenPathConfig;
  claims: Pick<Claims, 'take' | 'setRepoState'>;
  githubFor: GitHubFor<'repositories'>;
  actions: PublishActions;
  renderApp: RenderApp;
  /** The page of a task. A new repository gets it as homepage, which identifies its task. */
  taskUrl(taskId: string): string;
}) =>
  createTemplateAction({
    id: 'goldenpath:app:publish',
    description:
      'Publishes the workspace as a new repository on GitHub; continues an earlier attempt of this task',
    examples,
    schema: {
      input: {
        request: z => z.record(z.any()).describe(REQUEST_INPUT),
        skeleton: z => z.string().describe(SKELETON_AGAIN).optional(),
        token: z => z.string().describe(TOKEN_INPUT).optional(),
      },
      output: {
        remoteUrl: z => z.string().describe('To clone from'),
        repoContentsUrl: z =>
          z.string().describe('Root of the files, for catalog:register'),
        repoUrl: z => z.string().describe('Page of the repository'),
      },
    },
    async handler(ctx) {
      const { config, claims, actions } = deps;
      const { repositories } = deps.githubFor(ctx);
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
          `Continuing with ${present.url}, which this task created before.`,
        );
      } else {
        await claims.setRepoState(key, 'creating');
        await runAction(actions.create, ctx, {
          repoUrl,
          description: request.description || undefined,
          homepage,
          repoVisibility: config.app.visibility,
        });
      }
      await claims.setRepoState(key, 'created');
      const repository =
        present ??
        (await waitUntilListed(app, repositories, sleepUnlessCancelled(ctx)));

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
        await runAction(actions.push, ctx, {
          repoUrl,
          defaultBranch: DEFAULT_BRANCH,
          gitCommitMessage: `feat: ${request.component_id} from the golden path`,
        }).catch(async error => {
          // The push may have succeeded although its answer was lost.
          if (!(await repositories.hasBranch(app, DEFAULT_BRANCH))) throw error;
          await protectOrWarn(actions, ctx, repoUrl);
        });
      }
      ctx.output('remoteUrl', repository.cloneUrl);
      ctx.output('repoContentsUrl', `${repository.url}/blob/${DEFAULT_BRANCH}`);
      ctx.output('repoUrl', repository.url);
    },
  });

/** Only a repository that this task created may be used. Before `created` is recorded, its homepage proves that. */
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
      `The repository ${app.owner}/${app.repo} exists already (${repository.url}) and belongs to another task or person; it was not changed. Fill in the form again with another app name.`,
    );
  }
};

const waitUntilListed = async (
  app: GitHubRepo,
  repositories: Repositories,
  sleep: (ms: number) => Promise<void>,
) => {
  for (let lookup = 1; ; lookup++) {
    const repository = await repositories.get(app);
    if (repository) return repository;
    if (lookup >= SHOWS_LOOKUPS) {
      throw new ConflictError(
        `GitHub created ${app.owner}/${app.repo} but does not list it yet; press Retry in a minute.`,
      );
    }
    await sleep(SHOWS_INTERVAL_MS);
  }
};

/** Only warns, like publish:github: some GitHub plans have no branch protection for private repositories. */
const protectOrWarn = (
  actions: PublishActions,
  ctx: ActionContext<any, any>,
  repoUrl: string,
) =>
  runAction(actions.protect, ctx, { repoUrl, branch: DEFAULT_BRANCH }).catch(
    error => ctx.logger.warn(`The branch is not protected: ${error.message}`),
  );

/**
 * Runs another action inside this step, without its outputs and checkpoints. The state is read from GitHub: a
 * checkpoint may name a repository that was deleted since.
 */
const runAction = (
  action: AnyAction,
  ctx: ActionContext<any, any>,
  input: Record<string, unknown>,
) =>
  action.handler({
    ...ctx,
    input: { ...input, token: ctx.input.token },
    checkpoint: ({ fn }) => Promise.resolve(fn()),
    output: () => {},
  });
