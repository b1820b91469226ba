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
import { loadNode } from './node';
import { createPathOption } from './textRules';

/** Options that override the paths and the secret prefix of goldenpath.yaml. */
export interface InfraRepoFlags {
  catalog?: string;
  environmentsPath?: string;
  secretPrefix?: string;
}

export const createRootOption = () =>
  createPathOption(
    '--root <dir>',
    'top folder of the infra repo',
    'the path of the top folder of the infra repo, such as .',
  ).default('.');

/** The environment of a command. {@link findEnvironmentProblems} checks it, because goldenpath.yaml lists the valid ones. */
export const createEnvironmentOption = () =>
  new Option(
    '--env <environment>',
    `environment, one of those in ${SETTINGS_PATH}; default ${ENVIRONMENTS.join(
      ', ',
    )} (required)`,
  );

/** The branch that receives a command's changes. */
export const createBaseBranchOption = (help: string) =>
  new CheckedOption('--base <branch>', help)
    .default(DEFAULT_BASE_BRANCH)
    .allow(
      /^(?!.*(?:\.\.|\/\/|\.lock$|\/$|\.$))[A-Za-z0-9][A-Za-z0-9._/-]*$/,
      'use a branch name, such as main',
    );

export const createModeOption = () =>
  new CheckedOption(
    '--mode <mode>',
    `location of terraform.tfvars: ${TFVARS_MODES.join(', ')}`,
  )
    .default(TFVARS_MODES[0])
    .allow(
      value => (TFVARS_MODES as readonly string[]).includes(value),
      `use one of ${TFVARS_MODES.join(', ')}`,
    );

const describeDefault = (fallback: string) =>
  `default: the one in ${SETTINGS_PATH}, else ${fallback}`;
const { pathInside, secretPrefix } = SETTING_RULES;

export const createCatalogOption = () =>
  new CheckedOption(
    '--catalog <file>',
    `path of rds-catalog.yaml in the infra repo; ${describeDefault(
      CATALOG_PATH,
    )}`,
  ).allow(pathInside.pattern, pathInside.rule);

/** Options for the paths in the infra repo and for the names of its secrets. */
export const createInfraRepoOptions = () => [
  createCatalogOption(),
  new CheckedOption(
    '--environments-path <dir>',
    `folder of the environments in the infra repo; ${describeDefault(
      ENVIRONMENTS_PATH,
    )}`,
  ).allow(pathInside.pattern, pathInside.rule),
  new CheckedOption(
    '--secret-prefix <prefix>',
    `first part of secret names; ${describeDefault(DEFAULT_SECRET_PREFIX)}`,
  ).allow(secretPrefix.pattern, secretPrefix.rule),
];

/**
 * The settings of a command: options win over goldenpath.yaml, which wins over the contract's defaults.
 * @param files - undefined if the command runs without an infra repo
 * @throws InputError if goldenpath.yaml is invalid
 */
export const resolveSettings = async (
  files: InfraFiles | undefined,
  flags: InfraRepoFlags,
): Promise<InfraSettings> => {
  const own = files
    ? await loadNode().loadSettings(files)
    : defaultInfraSettings();
  return {
    ...own,
    catalog: flags.catalog ?? own.catalog,
    environmentsPath: flags.environmentsPath ?? own.environmentsPath,
    secretPrefix: flags.secretPrefix ?? own.secretPrefix,
  };
};

/** Problems of the value of --env. */
export const findEnvironmentProblems = (
  environment: string | undefined,
  { environments }: InfraSettings,
): string[] => {
  const choices = environments.join(', ');
  if (environment === undefined)
    return [`--env is required: use one of ${choices}.`];
  return environments.includes(environment)
    ? []
    : [`--env: use one of ${choices}. Got ${JSON.stringify(environment)}.`];
};

/** The settings in the form that golden-path-node expects. */
export const toInfraRepoOptions = (
  { catalog, environmentsPath }: InfraSettings,
  mode: TfvarsMode = 'auto',
): InfraRepoOptions => ({ mode, catalogPath: catalog, environmentsPath });
