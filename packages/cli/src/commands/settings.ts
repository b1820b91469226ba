import { appendFile } from 'node:fs/promises';
import { posix, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { InfraSettings } from '@goldenpath/plugin-golden-path-common';
import type { InfraListing } from '@goldenpath/plugin-golden-path-node';
import {
  createCommand,
  findOptionProblems,
  refuseProblems,
} from '../checkedOption';
import {
  findEnvironmentProblems,
  InfraRepoFlags,
  toInfraRepoOptions,
  createInfraRepoOptions,
  resolveSettings,
  createRootOption,
} from '../createInfraRepoOptions';
import { loadNode } from '../node';
import type { Terminal } from '../terminal';

/** The ports of the command. */
export interface SettingsDeps {
  terminal: Terminal;
  directory(root: string): InfraListing;
}

interface SettingsFlags extends InfraRepoFlags {
  root: string;
  env?: string;
}

/** `goldenpath-rds settings`: prints the infra repo's settings for the steps of a workflow. */
export const settingsCommand = (deps: SettingsDeps): Command =>
  createCommand(
    'settings',
    'Show the settings of goldenpath.yaml and their defaults, one name=value per line; in a workflow run, also set them as outputs of the step (GITHUB_OUTPUT).',
    [
      createRootOption(),
      new Option(
        '--env <environment>',
        'also show the Terraform root of this environment',
      ),
      ...createInfraRepoOptions(),
    ],
  ).action(async (flags: SettingsFlags, command: Command) => {
    const { terminal } = deps;
    const files = deps.directory(resolve(flags.root));
    const settings = await resolveSettings(files, flags);
    refuseProblems([
      ...(flags.env === undefined
        ? []
        : findEnvironmentProblems(flags.env, settings)),
      ...findOptionProblems(command),
    ]);
    const lines = Object.entries({
      ...formatSettings(settings),
      ...(flags.env === undefined
        ? {}
        : {
            'terraform-root': await findTerraformRoot(
              files,
              flags.env,
              settings,
            ),
          }),
    }).map(([name, value]) => `${name}=${value}`);
    for (const line of lines) terminal.out(line);
    const output = terminal.env.GITHUB_OUTPUT;
    if (output) await appendFile(output, `${lines.join('\n')}\n`);
  });

/** No setting holds a line break, and no item of a list a space. */
const formatSettings = (settings: InfraSettings): Record<string, string> => ({
  environments: settings.environments.join(' '),
  domains: settings.domains.join(' '),
  catalog: settings.catalog,
  'environments-path': settings.environmentsPath,
  'secret-prefix': settings.secretPrefix,
  approvers: settings.approvers,
});

const findTerraformRoot = async (
  files: InfraListing,
  environment: string,
  settings: InfraSettings,
): Promise<string> =>
  posix.dirname(
    (
      await loadNode().locateTfvars(
        files,
        environment,
        toInfraRepoOptions(settings),
      )
    ).path,
  );
