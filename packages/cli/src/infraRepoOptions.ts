import { Option } from 'commander';
import {
  CATALOG_PATH,
  DEFAULT_BASE_BRANCH,
  DEFAULT_SECRET_PREFIX,
  defaultInfraSettings,
  ENVIRONMENTS,
  ENVIRONMENTS_PATH,
  InfraSettings,
  SETTING_RULES,
  SETTINGS_PATH,
  TFVARS_MODES,
  TfvarsMode,
} from '@goldenpath/plugin-golden-path-common';
import type {
  InfraFiles,
  InfraRepoOptions,
} from '@goldenpath/plugin-golden-path-node';
import { CheckedOption } from './checkedOption';
import { node } from './node';

/** The values of the options that say where an infra repo has what, instead of its goldenpath.yaml. */
export interface InfraRepoFlags {
  catalog?: string;
  environmentsPath?: string;
  secretPrefix?: string;
}

export const rootOption = () =>
  new Option('--root <dir>', 'top folder of the infra repo').default('.');

/** The environment that a command is about. The infra repo has its rule: {@link environmentProblems}. */
export const environmentOption = () =>
  new Option(
    '--env <environment>',
    `environment, one of ${SETTINGS_PATH}, else of ${ENVIRONMENTS.join(
      ', ',
    )} (required)`,
  );

/** The branch that what a command makes goes into. */
export const baseBranchOption = (help: string) =>
  new CheckedOption('--base <branch>', help)
    .default(DEFAULT_BASE_BRANCH)
    .allow(
      /^(?!.*(?:\.\.|\/\/|\.lock$|\/$|\.$))[A-Za-z0-9][A-Za-z0-9._/-]*$/,
      'use the name of a branch, such as main',
    );

export const modeOption = () =>
  new CheckedOption(
    '--mode <mode>',
    `where terraform.tfvars is: ${TFVARS_MODES.join(', ')}`,
  )
    .default(TFVARS_MODES[0])
    .allow(
      value => (TFVARS_MODES as readonly string[]).includes(value),
      `use one of ${TFVARS_MODES.join(', ')}`,
    );

const given = (fallback: string) =>
  `that of ${SETTINGS_PATH}, else ${fallback}, unless given`;
const { pathInside, secretPrefix } = SETTING_RULES;

export const catalogOption = () =>
  new CheckedOption(
    '--catalog <file>',
    `path of rds-catalog.yaml in the infra repo; ${given(CATALOG_PATH)}`,
  ).allow(pathInside.pattern, pathInside.rule);

/** Where the infra repo has what, and how its secrets are called. */
export const infraRepoOptions = () => [
  catalogOption(),
  new CheckedOption(
    '--environments-path <dir>',
    `folder of the environments in the infra repo; ${given(ENVIRONMENTS_PATH)}`,
  ).allow(pathInside.pattern, pathInside.rule),
  new CheckedOption(
    '--secret-prefix <prefix>',
    `first part of secret names; ${given(DEFAULT_SECRET_PREFIX)}`,
  ).allow(secretPrefix.pattern, secretPrefix.rule),
];

/**
 * What holds for a command: the flags, else the infra repo's goldenpath.yaml, else the contract.
 * @param files - none where a command works without an infra repo
 * @throws InputError where goldenpath.yaml is not valid
 */
export const resolveSettings = async (
  files: InfraFiles | undefined,
  flags: InfraRepoFlags,
): Promise<InfraSettings> => {
  const own = files ? await node().loadSettings(files) : defaultInfraSettings();
  return {
    ...own,
    catalog: flags.catalog ?? own.catalog,
    environmentsPath: flags.environmentsPath ?? own.environmentsPath,
    secretPrefix: flags.secretPrefix ?? own.secretPrefix,
  };
};

/** What is wrong with the environment that a command is about. */
export const environmentProblems = (
  environment: string | undefined,
  { environments }: InfraSettings,
): string[] => {
  const choices = environments.join(', ');
  if (environment === undefined)
    return [`--env is required: one of ${choices}.`];
  return environments.includes(environment)
    ? []
    : [`--env: use one of ${choices}. Got ${JSON.stringify(environment)}.`];
};

/** The settings as the work takes them. */
export const infraRepoOf = (
  { catalog, environmentsPath }: InfraSettings,
  mode: TfvarsMode = 'auto',
): InfraRepoOptions => ({ mode, catalogPath: catalog, environmentsPath });
