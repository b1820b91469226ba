import { Command, Option } from 'commander';
import {
  auditPath,
  InfraSettings,
  TfvarsMode,
} from '@goldenpath/plugin-golden-path-common';
import {
  CheckedOption,
  createUsageError,
  findOptionProblems,
} from '../checkedOption';
import {
  createEnvironmentOption,
  createInfraRepoOptions,
  createModeOption,
  createRootOption,
  findEnvironmentProblems,
  InfraRepoFlags,
} from '../createInfraRepoOptions';
import type { Terminal } from '../terminal';
import {
  createConnectionOptions,
  createInstanceOptions,
  InstanceFlags,
  readCa,
  readInstanceFlags,
} from './instanceOptions';
import { findRunProblems } from './runOfWorkflow';

export interface RotateFlags extends InfraRepoFlags, InstanceFlags {
  root: string;
  env?: string;
  mode: TfvarsMode;
  database?: string;
  due?: boolean;
  force?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

export const rotateOptions = () => [
  createEnvironmentOption(),
  createRootOption(),
  createModeOption(),
  ...createInfraRepoOptions(),
  new CheckedOption(
    '--database <name>',
    'the database whose password is rotated (this or --due is required)',
  ).allow(/\S/, 'use the name of a declared database'),
  new Option(
    '--due',
    'rotate every password that is as old as its risk allows, and finish what was begun',
  ),
  ...createInstanceOptions(),
  new Option('--dry-run', 'show what would be rotated'),
  new Option(
    '--force',
    'with --database: rotate again, although pods may still use the password before this one',
  ),
  ...createConnectionOptions(),
  new Option('--json', 'print events, one JSON object per line'),
];

export const ROTATE_HELP = `
Exit codes:
  0   done, or nothing is due
  1   failed: a password was refused or failed
  64  usage error

The new password goes to the login that is not current (<username> or <username>_clone), so what pods hold stays valid until
the next rotation. A rotation that was stopped goes on with the next run.

Examples:
  goldenpath-rds rotate --env prod --root . --due --audit-output ${auditPath(
    'prod',
  )}
  goldenpath-rds rotate --env dev --root . --database users_db --dry-run
`;

/** @throws UsageError that lists every problem of the options and of the files that they name */
export const parseRotateFlags = async (
  terminal: Terminal,
  flags: RotateFlags,
  command: Command,
  settings: InfraSettings,
) => {
  const { env: environment, database, due = false, force = false } = flags;
  const problems = [
    ...findEnvironmentProblems(environment, settings),
    ...findOptionProblems(command),
    ...(due === (database !== undefined)
      ? ['--database and --due: use exactly one of them.']
      : []),
    ...(force && due
      ? ['--force: use it with --database, for one password at a time.']
      : []),
    ...findRunProblems(terminal, flags),
  ];
  const ca = await readCa(problems, flags.caFile);
  if (problems.length > 0 || environment === undefined)
    throw createUsageError(problems);
  return {
    environment,
    database,
    isForced: force,
    isDryRun: flags.dryRun ?? false,
    ca,
    options: {
      ...readInstanceFlags(terminal, flags),
      secretPrefix: settings.secretPrefix,
    },
  };
};
