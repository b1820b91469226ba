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
import { renderedProblems } from './checkRendered';
import { readFiles } from './files';
import { renderSkeleton } from './renderSkeleton';
import { locateSkeleton } from './skeletons';
import { skeletonValues } from './skeletonValues';

export type RenderApp = (
  ctx: ActionContext<any, any>,
  request: DatabaseRequest,
  skeleton: string,
) => Promise<string[]>;

/**
 * Renders a skeleton into the task's workspace, over what a cut-off attempt may have left there, and checks it.
 * @returns the paths of the files
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
    await renderSkeleton(
      ctx,
      fetchTemplate,
      locateSkeleton(skeleton, skeletons),
      skeletonValues(request, config),
    );
    const files = await readFiles(ctx.workspacePath);
    const problems = renderedProblems(
      files,
      request,
      secretName(
        request.environment,
        request.databaseName,
        config.secretPrefix,
      ),
    );
    if (problems.length > 0) {
      throw new InputError(
        `The skeleton "${skeleton}" does not render to a whole app; nothing is published. Mend the skeleton:\n${problems
          .map(problem => `- ${problem}`)
          .join('\n')}`,
      );
    }
    return files.map(file => file.path);
  };
