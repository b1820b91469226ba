import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, posix } from 'node:path';
import {
  ActionContext,
  TemplateAction,
} from '@backstage/plugin-scaffolder-node';
import { JsonObject } from '@backstage/types';
import { SkeletonLayer } from './skeletons';

/** The folder of a skeleton that is rendered once for each environment, with `values.overlay`. */
const EACH_ENVIRONMENT = 'deploy/overlays/each-environment';

/**
 * Renders a skeleton into the workspace of the context, an empty folder: one layer after the other, and a file replaces
 * that of an earlier layer. fetch:template renders each file once, so the folder of the overlays is copied as it is, and
 * rendered from there for one environment after the other.
 */
export const renderSkeleton = async (
  ctx: ActionContext<any, any>,
  fetchTemplate: Pick<TemplateAction<any, any>, 'handler'>,
  layers: readonly SkeletonLayer[],
  values: JsonObject & { overlays: Array<{ environment: string }> },
): Promise<void> => {
  const render = (
    baseUrl: string | undefined,
    input: { url: string; values: JsonObject } & JsonObject,
  ) =>
    fetchTemplate.handler({
      ...ctx,
      input: { ...input, replace: true, token: ctx.input.token },
      templateInfo: {
        entityRef: ctx.templateInfo?.entityRef ?? '',
        ...ctx.templateInfo,
        baseUrl,
      },
    });

  for (const { url, baseUrl } of layers)
    await render(baseUrl, {
      url,
      values,
      copyWithoutTemplating: [`${EACH_ENVIRONMENT}/**`],
    });
  const source = join(ctx.workspacePath, EACH_ENVIRONMENT);
  if (!existsSync(source)) return;
  for (const overlay of values.overlays) {
    await render(`file://${join(source, '../index')}`, {
      url: `./${posix.basename(EACH_ENVIRONMENT)}`,
      targetPath: posix.join(
        posix.dirname(EACH_ENVIRONMENT),
        overlay.environment,
      ),
      values: { ...values, overlay },
    });
  }
  await rm(source, { recursive: true });
};
