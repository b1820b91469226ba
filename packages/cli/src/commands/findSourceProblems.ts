import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ProvisionFlags } from './provisionFlags';

/** They say where in an infra repo the file is. */
const OF_ROOT = ['mode', 'catalog', 'environmentsPath'];

/** Exactly one of --tfvars and --root is required. */
export const findSourceProblems = async (
  { tfvars, root }: ProvisionFlags,
  command: Command,
): Promise<string[]> => {
  if (tfvars === undefined && root === undefined) {
    return [
      '--root or --tfvars is required: the top folder of the infra repo, or a terraform.tfvars.',
    ];
  }
  return [
    ...(tfvars !== undefined && root !== undefined
      ? ['--root and --tfvars: use only one of them.']
      : []),
    ...(tfvars === undefined || root !== undefined
      ? []
      : command.options
          .filter(option => OF_ROOT.includes(option.attributeName()))
          .filter(
            option =>
              command.getOptionValueSource(option.attributeName()) === 'cli',
          )
          .map(
            ({ long }) =>
              `${long}: leave it out with --tfvars, which names the file itself; it belongs to --root.`,
          )),
    ...(root?.trim() && !(await isFolder(root))
      ? [`--root: ${resolve(root)} is not a folder.`]
      : []),
  ];
};

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    found => found.isDirectory(),
    () => false,
  );
