import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { stopWhenCancelled } from '../cancellation';
import { GoldenPathConfig } from '../config';
import { writeFiles } from '../render/files';
import { RenderApp } from '../render/renderApp';
import { DEFAULT_SKELETON, SKELETON_INPUT } from '../render/skeletons';
import { APP_INPUT, parseAppInput, TOKEN_INPUT } from '../requestInput';
import { examples } from './appRender.examples';

/** Renders the app into the workspace and checks the result. */
export const createAppRenderAction = (deps: {
  config: GoldenPathConfig;
  renderApp: RenderApp;
}) =>
  createTemplateAction({
    id: 'goldenpath:app:render',
    description:
      'Renders the skeleton of the app into the workspace and checks that every placeholder is rendered',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        request: z => z.record(z.any()).describe(APP_INPUT).optional(),
        skeleton: z => z.string().describe(SKELETON_INPUT).optional(),
        token: z => z.string().describe(TOKEN_INPUT).optional(),
      },
      output: {
        files: z => z.array(z.string()).describe('Paths of the rendered files'),
      },
    },
    async handler(ctx) {
      const request = parseAppInput(ctx.input.request, deps.config);
      stopWhenCancelled(ctx);
      const files = await deps.renderApp(
        ctx,
        request,
        ctx.input.skeleton ?? DEFAULT_SKELETON,
      );
      await writeFiles(ctx.workspacePath, files);
      ctx.logger.info(`Rendered ${files.length} files.`);
      ctx.output(
        'files',
        files.map(({ path }) => path),
      );
    },
  });
