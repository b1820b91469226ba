import { rm } from 'node:fs/promises';
import { InputError } from '@backstage/errors';
import {
  ActionContext,
  TemplateAction,
} from '@backstage/plugin-scaffolder-node';
import {
  AppRequest,
  isDatabaseRequest,
  secretName,
} from '@goldenpath/plugin-golden-path-common';
import { GoldenPathConfig } from '../config';
import { findRenderProblems } from './checkRendered';
import { CommitFile, readFiles } from './files';
import { renderSkeleton } from './renderSkeleton';
import { DEFAULT_SKELETON, locateSkeleton } from './skeletons';
import { appValues, skeletonValues } from './skeletonValues';

export type RenderApp = (
  ctx: ActionContext<any, any>,
  request: AppRequest,
  skeleton: string,
) => Promise<CommitFile[]>;

/**
 * Renders a skeleton in a new folder, so that nothing of an earlier attempt is in the result, and checks it.
 * @returns the files; the folder is removed
 */
export const createRenderApp =
  (deps: {
    config: GoldenPathConfig;
    /** `fetch:template` */
    fetchTemplate: Pick<TemplateAction<any, any>, 'handler'>;
    skeletons: string;
  }): RenderApp =>
  async (ctx, request, skeleton) => {
    const { config, fetchTemplate, skeletons } = deps;
    const database = isDatabaseRequest(request) ? request : undefined;
    if (skeleton === DEFAULT_SKELETON && !database) {
      throw new InputError(
        `The skeleton "${DEFAULT_SKELETON}" uses a database, and the request has none: give the step the request of goldenpath:request:validate, or the input skeleton, such as stateless-app.`,
      );
    }
    const folder = await ctx.createTemporaryDirectory();
    try {
      await renderSkeleton(
        { ...ctx, workspacePath: folder },
        fetchTemplate,
        locateSkeleton(skeleton, skeletons),
        database
          ? skeletonValues(database, config)
          : appValues(request, config),
      );
      const files = await readFiles(folder);
      const problems = findRenderProblems(
        files.map(({ path, content }) => ({
          path,
          text: new TextDecoder().decode(content),
        })),
        request,
        database &&
          secretName(
            database.environment,
            database.databaseName,
            config.secretPrefix,
          ),
      );
      if (problems.length > 0) {
        throw new InputError(
          `The skeleton "${skeleton}" does not render to a complete app; nothing is published. Fix the skeleton:\n${problems
            .map(problem => `- ${problem}`)
            .join('\n')}`,
        );
      }
      return files;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
