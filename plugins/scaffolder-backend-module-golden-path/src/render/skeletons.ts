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

/** What every bundled skeleton begins with. A shared part is no app by itself. */
const COMMON = 'common';
/** What those with a Deployment begin with, too. */
const COMMON_DEPLOYMENT = 'common-deployment';
const WITH_DEPLOYMENT = [DEFAULT_SKELETON, 'stateless-app'];

/** A folder for `fetch:template`. */
export interface SkeletonLayer {
  url: string;
  baseUrl: string | undefined;
}

/**
 * Locates a skeleton for `fetch:template`: a bundled one by name, after the parts that it shares with others; any other by
 * absolute URL, which stands alone.
 * @returns the folders to render, each over the ones before it
 * @throws InputError for anything else
 */
export const locateSkeleton = (
  skeleton: string,
  folder: string,
): SkeletonLayer[] => {
  if (URL.canParse(skeleton)) return [{ url: skeleton, baseUrl: undefined }];
  if (
    !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(skeleton) ||
    [COMMON, COMMON_DEPLOYMENT].includes(skeleton) ||
    !existsSync(join(folder, skeleton))
  ) {
    throw new InputError(
      `skeleton "${skeleton}": use the name of a bundled skeleton, such as ${DEFAULT_SKELETON}, or an absolute URL.`,
    );
  }
  // fetch:template reads a local folder only relative to a template that is a local file.
  const baseUrl = `file://${join(folder, 'index')}`;
  const shared = WITH_DEPLOYMENT.includes(skeleton)
    ? [COMMON, COMMON_DEPLOYMENT]
    : [COMMON];
  return [...shared, skeleton].map(name => ({ url: `./${name}`, baseUrl }));
};
