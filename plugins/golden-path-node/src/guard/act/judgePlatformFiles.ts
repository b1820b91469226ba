import { posix } from 'node:path';
import type { ChangedPath } from '../../infraRepo/decide/parseRawDiff';
import type { InfraFiles } from '../../infraRepo/ports';
import type { Finding } from '../decide/declaredDatabases';
import {
  findPlatformChanges,
  PlatformPaths,
} from '../decide/findPlatformChanges';
import { findTfvarsSettingChanges } from '../decide/findTfvarsSettingChanges';
import { readTfvarsSettings } from './readTfvarsSettings';
import { PLATFORM_ALLOWED_LABEL } from '../decide/labels';

/**
 * A change of an infra repo: its paths, and the files on both sides.
 *
 * @public
 */
export interface InfraChange {
  changes: readonly ChangedPath[];
  /** Paths of all files of the base. */
  baseFiles: readonly string[];
  start: InfraFiles;
  head: InfraFiles;
}

/**
 * Finds what only the platform team may change: files that Terraform, workflows or make load, and whatever a
 * terraform.tfvars sets beside its databases.
 * @param options - `databasePaths`: the files whose databases `guardChange` compares; `reportedPaths`: those
 * with findings already
 *
 * @public
 */
export const judgePlatformFiles = async (
  { changes, baseFiles, start, head }: InfraChange,
  paths: Omit<PlatformPaths, 'terraformFolders'>,
  {
    labels,
    databasePaths,
    reportedPaths,
  }: {
    labels: readonly string[];
    databasePaths: readonly string[];
    reportedPaths: readonly string[];
  },
): Promise<Finding[]> => {
  if (labels.includes(PLATFORM_ALLOWED_LABEL)) return [];
  const { settings, problems } = await readTfvarsSettings(
    { start, head },
    changes,
    paths.environmentsPath,
  );
  return [
    ...findPlatformChanges(
      changes,
      { ...paths, terraformFolders: findTerraformFolders(baseFiles) },
      labels,
    ),
    ...findTfvarsSettingChanges(settings, databasePaths, labels),
    ...problems
      .filter(({ path }) => !reportedPaths.includes(path))
      .map(problem => ({
        ...problem,
        message: `can't compare with the base: ${problem.message} The label ${PLATFORM_ALLOWED_LABEL} allows it.`,
      })),
  ];
};

const findTerraformFolders = (files: readonly string[]): string[] => [
  ...new Set(
    files
      .filter(path => /\.(?:tf|tofu)(?:\.json)?$/i.test(path))
      .map(path => posix.dirname(path).replace(/^\.$/, '')),
  ),
];
