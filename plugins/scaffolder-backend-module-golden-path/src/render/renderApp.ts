import { rm } from 'node:fs/promises';
import { InputError } from '@backstage/errors';
import {
  ActionContext,
  TemplateAction,
} from '@backstage/plugin-scaffolder-node';
import {
  DatabaseRequest,
  secretName,
} from '@goldenpath/plugin-golden-path-common';
import { GoldenPathConfig } from '../config';
import { findRenderProblems } from './checkRendered';
import { CommitFile, readFiles } from './files';
import { renderSkeleton } from './renderSkeleton';
import { locateSkeleton } from './skeletons';
import { skeletonValues } from './skeletonValues';

export type RenderApp = (
  ctx: ActionContext<any, any>,
  request: DatabaseRequest,
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
    const folder = await ctx.createTemporaryDirectory();
    try {
      await renderSkeleton(
        { ...ctx, workspacePath: folder },
        fetchTemplate,
        locateSkeleton(skeleton, skeletons),
        skeletonValues(request, config),
      );
      const files = await readFiles(folder);
      const problems = findRenderProblems(
        files.map(({ path, content }) => ({
          path,
          text: new TextDecoder().decode(content),
        })),
        request,
        secretName(
          request.environment,
          request.databaseName,
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
