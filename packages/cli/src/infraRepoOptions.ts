import { Option } from 'commander';
import {
  CATALOG_PATH,
  DEFAULT_BASE_BRANCH,
  DEFAULT_SECRET_PREFIX,
  ENVIRONMENTS,
  ENVIRONMENTS_PATH,
  TFVARS_MODES,
  TfvarsMode,
} from '@goldenpath/plugin-golden-path-common';
import type { InfraRepoOptions } from '@goldenpath/plugin-golden-path-node';
import { CheckedOption } from './checkedOption';

/** A relative path with `/` that stays below where it starts. */
const INSIDE = /^(?!.*(?:^|\/)\.\.(?:\/|$))[A-Za-z0-9._][A-Za-z0-9._/-]*$/;

/** The values of the options that say where an infra repo has what. */
export interface InfraRepoFlags {
  catalog?: string;
  environmentsPath?: string;
  secretPrefix: string;
}

export const rootOption = () =>
  new Option('--root <dir>', 'top folder of the infra repo').default('.');

/** The environment that a command is about. */
export const environmentOption = () =>
  new CheckedOption('--env <environment>', ENVIRONMENTS.join(', '))
    .allow(
      value => (ENVIRONMENTS as readonly string[]).includes(value),
      `use one of ${ENVIRONMENTS.join(', ')}`,
    )
    .require(`one of ${ENVIRONMENTS.join(', ')}`);

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

export const catalogOption = () =>
  new CheckedOption(
    '--catalog <file>',
    `path of rds-catalog.yaml in the infra repo; ${CATALOG_PATH} unless given`,
  ).allow(INSIDE, 'use a path inside the infra repo');

/** Where the infra repo has what, and how its secrets are called. */
export const infraRepoOptions = () => [
  catalogOption(),
  new CheckedOption(
    '--environments-path <dir>',
    `folder of the environments in the infra repo; ${ENVIRONMENTS_PATH} unless given`,
  ).allow(INSIDE, 'use a path inside the infra repo'),
  new CheckedOption('--secret-prefix <prefix>', 'first part of secret names')
    .default(DEFAULT_SECRET_PREFIX)
    .allow(
      /^[A-Za-z0-9][A-Za-z0-9/_+=.@-]*$/,
      `use letters, digits and / _ + = . @ -, beginning with a letter or digit, such as ${DEFAULT_SECRET_PREFIX}`,
    ),
];

/** The flags as the work takes them. */
export const infraRepoOf = (
  { catalog, environmentsPath }: InfraRepoFlags,
  mode: TfvarsMode = 'auto',
): InfraRepoOptions => ({ mode, catalogPath: catalog, environmentsPath });
