import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { InfraSettings } from '@goldenpath/plugin-golden-path-common';
import type { InfraFiles } from '@goldenpath/plugin-golden-path-node';
import { findOptionProblems, refuseProblems } from './checkedOption';
import {
  findEnvironmentProblems,
  InfraRepoFlags,
  resolveSettings,
} from './createInfraRepoOptions';
import { UsageError } from './errors';

interface EnvironmentFlags extends InfraRepoFlags {
  root: string;
  env: string;
}

/**
 * The files and settings of a command with --root and --env.
 * @throws UsageError with every problem of the options, InputError if goldenpath.yaml is invalid
 */
export const openInfraRepo = async <Files extends InfraFiles>(
  directory: (root: string) => Files,
  flags: EnvironmentFlags,
  command: Command,
): Promise<{ files: Files; settings: InfraSettings }> => {
  const files = directory(resolve(flags.root));
  const settings = await resolveSettings(files, flags);
  refuseProblems([
    ...findEnvironmentProblems(flags.env, settings),
    ...findOptionProblems(command),
  ]);
  return { files, settings };
};

/** @throws UsageError if the infra repo has no catalog */
export const readCatalogText = async (
  files: InfraFiles,
  catalog: string,
  root: string,
): Promise<string> => {
  const text = await files.read(catalog);
  if (text !== undefined) return text;
  throw new UsageError(
    `--catalog: there is no ${catalog} in ${resolve(
      root,
    )}; set --root to the top folder of the infra repo.`,
  );
};
