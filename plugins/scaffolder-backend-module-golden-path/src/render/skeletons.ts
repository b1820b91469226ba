import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';

const PACKAGE = '@goldenpath/plugin-scaffolder-backend-module-golden-path';

export const DEFAULT_SKELETON = 'backend-app-rds';

/** Describes the input `skeleton`. */
export const SKELETON_INPUT = `A bundled skeleton by its name (default: ${DEFAULT_SKELETON}), or any by its absolute URL`;

/** Finds the folder of skeletons: in the published package, else at the top of the workspace. */
export const skeletonsFolder = (): string =>
  [
    resolvePackagePath(PACKAGE, 'skeleton'),
    resolvePackagePath(PACKAGE, '../../skeleton'),
  ].find(folder => existsSync(folder)) ??
  resolvePackagePath(PACKAGE, 'skeleton');

/**
 * Locates a skeleton for `fetch:template`: a bundled one by name, any other by absolute URL.
 * @throws InputError for anything else
 */
export const locateSkeleton = (
  skeleton: string,
  folder: string,
): { url: string; baseUrl: string | undefined } => {
  if (URL.canParse(skeleton)) return { url: skeleton, baseUrl: undefined };
  if (
    !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(skeleton) ||
    !existsSync(join(folder, skeleton))
  ) {
    throw new InputError(
      `skeleton "${skeleton}": use the name of a bundled skeleton, such as ${DEFAULT_SKELETON}, or an absolute URL.`,
    );
  }
  // fetch:template reads a local folder only relative to a template that is a local file.
  return { url: `./${skeleton}`, baseUrl: `file://${join(folder, 'index')}` };
};
