import { NotFoundError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { GitHubRepo, Repository } from '@goldenpath/plugin-golden-path-node';
import { sleepUnlessCancelled, stopWhenCancelled } from '../cancellation';
import { Claim, Claims } from '../claims';
import { GoldenPathConfig } from '../config';
import { GitHubFor } from '../github';
import {
  createForeignError,
  createRepository,
} from '../publish/createRepository';
import { protectOrWarn } from '../publish/protectOrWarn';
import { createPush } from '../publish/pushCommit';
import { pushUntilPublished } from '../publish/pushUntilPublished';
import { withRootCommit } from '../publish/rootCommit';
import { CommitFile } from '../render/files';
import { RenderApp } from '../render/renderApp';
import { DEFAULT_SKELETON, SKELETON_INPUT } from '../render/skeletons';
import {
  APP_INPUT,
  appRepo,
  claimKey,
  parseAppInput,
  TOKEN_INPUT,
} from '../requestInput';
import { examples } from './appPublish.examples';

const BRANCH = 'main';

/**
 * A repeatable `publish:github`: its result is a repository whose branch is the rendered app, in one commit. Recovery and
 * Retry may start at any point; the same task always pushes the same commit, and never touches a published repository.
 */
export const createAppPublishAction = (deps: {
  config: GoldenPathConfig;
  claims: Pick<Claims, 'take' | 'setRepoState'>;
  githubFor: GitHubFor<'repositories' | 'octokitFor'>;
  renderApp: RenderApp;
  author: { name: string; email: string };
  /** The page of a task. A new repository gets it as homepage, which identifies its task. */
  taskUrl(taskId: string): string;
}) =>
  createTemplateAction({
    id: 'goldenpath:app:publish',
    description:
      'Renders the app and publishes it as a new repository on GitHub, in one commit; completes an earlier attempt of this task',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        request: z => z.record(z.any()).describe(APP_INPUT).optional(),
        skeleton: z =>
          z
            .string()
            .describe(`${SKELETON_INPUT}. As for goldenpath:app:render`)
            .optional(),
        token: z => z.string().describe(TOKEN_INPUT).optional(),
      },
      output: {
        remoteUrl: z => z.string().describe('To clone from'),
        repoContentsUrl: z =>
          z.string().describe('Root of the files, for catalog:register'),
        repoUrl: z => z.string().describe('Page of the repository'),
        preview: z =>
          z
            .string()
            .describe('In a dry run: the repository and its files, in Markdown')
            .optional(),
      },
    },
    async handler(ctx) {
      const { config, claims } = deps;
      const { repositories, octokitFor } = deps.githubFor(ctx);
      const request = parseAppInput(ctx.input.request, config);
      const { host: _, ...app } = appRepo(request, config);
      const render = () =>
        deps.renderApp(ctx, request, ctx.input.skeleton ?? DEFAULT_SKELETON);
      const output = ({ url, cloneUrl }: { url: string; cloneUrl: string }) => {
        ctx.output('remoteUrl', cloneUrl);
        ctx.output('repoContentsUrl', `${url}/blob/${BRANCH}`);
        ctx.output('repoUrl', url);
      };
      stopWhenCancelled(ctx);

      if (ctx.isDryRun) {
        const present = await repositories.get(app);
        if (present) throw createForeignError(app, present);
        const url = `${config.infraRepo.webUrl}/${app.owner}/${app.repo}`;
        const preview = describeDryRun(
          url,
          config.app.visibility,
          await render(),
        );
        ctx.logger.info(preview);
        ctx.output('preview', preview);
        output({ url, cloneUrl: `${url}.git` });
        return;
      }

      const key = claimKey(request, config, ctx.task.id);
      const claim = await claims.take(key);
      const present = await repositories.get(app);
      if (claim.repoState === 'published') {
        assertStillThere(app, present);
        ctx.logger.info(
          `${present.url} was published before; it is not changed again.`,
        );
        output(present);
        return;
      }
      const homepage = deps.taskUrl(claim.startedBy);
      if (present) {
        assertOwn(claim, app, present, homepage);
        ctx.logger.info(
          `Continuing with ${present.url}, which this task created before.`,
        );
      }
      // Before anything is created: a skeleton that doesn't render leaves no empty repository.
      const files = await render();
      const sleep = sleepUnlessCancelled(ctx);
      const ports = {
        repositories,
        push: createPush(octokitFor),
        sleep,
        stopWhenCancelled: () => stopWhenCancelled(ctx),
        log: (message: string) => ctx.logger.info(message),
        warn: (message: string) => ctx.logger.warn(message),
      };
      if (!present) {
        stopWhenCancelled(ctx);
        await claims.setRepoState(key, 'creating');
      }
      const repository =
        present ??
        (await createRepository(
          app,
          {
            description: request.description || undefined,
            homepage,
            visibility: config.app.visibility,
          },
          ports,
        ));
      await claims.setRepoState(key, 'created');
      await withRootCommit(
        ctx.createTemporaryDirectory,
        {
          files,
          message: `feat: ${request.component_id} from the golden path`,
          author: deps.author,
          // The same for every attempt.
          date: repository.createdAt,
        },
        commit =>
          pushUntilPublished(
            {
              app,
              repository,
              branch: BRANCH,
              commit,
              isOwnPage: repository.homepage === homepage,
            },
            ports,
          ),
      );
      await protectOrWarn(app, BRANCH, ports);
      await claims.setRepoState(key, 'published');
      output(repository);
    },
  });

/** Only a repository that this task created may be used. Before `created` is recorded, its homepage proves that. */
const assertOwn = (
  claim: Claim,
  app: GitHubRepo,
  repository: Repository,
  homepage: string,
) => {
  const isOwn =
    claim.repoState === 'created' ||
    (claim.repoState === 'creating' && repository.homepage === homepage);
  if (!isOwn) throw createForeignError(app, repository);
};

function assertStillThere(
  { owner, repo }: GitHubRepo,
  present: Repository | undefined,
): asserts present is Repository {
  if (present) return;
  throw new NotFoundError(
    `The repository ${owner}/${repo} was published by this task, but GitHub no longer shows it: it was deleted, or the credentials can't see it. Restore it, or fill in the form again.`,
  );
}

const describeDryRun = (
  url: string,
  visibility: string,
  files: readonly CommitFile[],
) =>
  [
    `A task would create the ${visibility} repository ${url}, and push ${files.length} files to ${BRANCH} in one commit:`,
    '',
    ...files.map(
      ({ path, content }) => `- \`${path}\` (${content.length} bytes)`,
    ),
  ].join('\n');
