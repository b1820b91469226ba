import { Command, Option } from 'commander';
import {
  DEFAULT_CONCURRENCY,
  DEFAULT_LOGINS,
  environmentNameProblem,
  ENVIRONMENTS,
  environmentTerms,
  InfraSettings,
  TfvarsMode,
} from '@goldenpath/plugin-golden-path-common';
import type { ProvisionMode } from '@goldenpath/plugin-golden-path-node';
import {
  CheckedOption,
  findOptionProblems,
  createUsageError,
} from '../checkedOption';
import { readGiven } from '../givenFile';
import {
  createEnvironmentOption,
  findEnvironmentProblems,
  InfraRepoFlags,
  createInfraRepoOptions,
  createModeOption,
} from '../createInfraRepoOptions';
import type { Terminal } from '../terminal';
import { findSourceProblems } from './findSourceProblems';
import {
  createConnectionOptions,
  createInstanceOptions,
  InstanceFlags,
  readCa,
  readInstanceFlags,
} from './instanceOptions';
import { findRunProblems } from './runOfWorkflow';
import { createPathOption } from '../textRules';

export interface ProvisionFlags extends InfraRepoFlags, InstanceFlags {
  env?: string;
  tfvars?: string;
  root?: string;
  mode: TfvarsMode;
  dryRun?: boolean;
  check?: boolean;
  requireApproval?: boolean;
  failFast: boolean;
  skipPreflight?: boolean;
  loginTest: boolean;
  concurrency?: string;
  adopt?: boolean;
  strict?: boolean;
  retire?: true | string[];
  json?: boolean;
}

const createWholeNumberOption = (flags: string, help: string, max: number) =>
  new CheckedOption(flags, help).allow(
    value =>
      /^[0-9]+$/.test(value) && Number(value) >= 1 && Number(value) <= max,
    `use a whole number from 1 to ${max}`,
  );

export const provisionOptions = () => [
  createEnvironmentOption(),
  createPathOption(
    '--tfvars <file>',
    'terraform.tfvars that declares the databases (this or --root is required)',
    'the path of a terraform.tfvars',
  ),
  createPathOption(
    '--root <dir>',
    'top folder of the infra repo: reads terraform.tfvars, writes audit and status',
    'the path of the top folder of the infra repo',
  ),
  createModeOption(),
  ...createInfraRepoOptions(),
  ...createInstanceOptions(),
  new Option('--dry-run', 'show the plan without changing anything'),
  new Option(
    '--check',
    'look for drift, also inside each database; exit code 2 if there is any',
  ),
  new Option(
    '--require-approval',
    `require ALLOW_DB_PROVISION=true to change any environment except ${ENVIRONMENTS.filter(
      name => !environmentTerms(name).needsApproval,
    ).join(', ')}`,
  ),
  new Option('--no-fail-fast', 'continue with the others if a database fails'),
  new Option('--skip-preflight', 'skip the checks before the first change'),
  new Option(
    '--no-login-test',
    'skip the login tests and rely on the comment of each role',
  ),
  createWholeNumberOption(
    '--concurrency <number>',
    `databases to provision, and logins to test, at a time (default: ${DEFAULT_CONCURRENCY} and ${DEFAULT_LOGINS})`,
    100,
  ),
  ...createConnectionOptions(),
  new Option(
    '--adopt',
    'adopt existing roles, existing databases of the master, and the objects in them',
  ),
  new Option(
    '--strict',
    'fail if undeclared roles can get into a database; without it they are only named',
  ),
  new Option(
    '--retire [database...]',
    'lock the roles of these databases, which no entry declares any more: NOLOGIN, and their connections end. Drops nothing. Without a name: list what could be locked, and change nothing',
  ),
  new Option('--json', 'print events, one JSON object per line'),
];

export const PROVISION_HELP = `
Exit codes:
  0   done, or nothing to do
  1   failed: a database was refused, failed or could not be checked, or the run was stopped
  2   --check found drift, and could check everything
  64  usage error

Environment:
  ALLOW_DB_PROVISION=true  the approval for --require-approval
  AWS_REGION, AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
                           region and credentials for Secrets Manager, as in every AWS tool
  AWS_ENDPOINT_URL_SECRETS_MANAGER
                           another endpoint of Secrets Manager, such as a VPC's
  GITHUB_RUN_ID            run ID to write to the audit, unless --run-id is set
  GITHUB_SERVER_URL, GITHUB_REPOSITORY
                           with GITHUB_RUN_ID the page of the run, unless --run-url is set
  CI                       if set, print lines instead of a progress bar

Examples:
  goldenpath-rds provision --env dev --root . --dry-run
  goldenpath-rds provision --env dev --root . --retire orders_db
  goldenpath-rds provision --env prod --root . --require-approval --no-fail-fast --ca-file ca.pem
`;

/** @throws UsageError that lists every problem of the options and of the files that they name */
export const parseFlags = async (
  terminal: Terminal,
  flags: ProvisionFlags,
  command: Command,
  settings: InfraSettings,
) => {
  const mode = selectMode(flags);
  const retire = readNames(flags.retire);
  const problems = [
    ...(flags.root === undefined && flags.env !== undefined
      ? findEnvironmentNameProblems(flags.env)
      : findEnvironmentProblems(flags.env, settings)),
    ...findOptionProblems(command),
    ...(await findSourceProblems(flags, command)),
    ...findRunProblems(terminal, flags),
    ...(flags.check && flags.dryRun
      ? ['--check and --dry-run: use only one of them.']
      : []),
    ...(flags.check && flags.retire
      ? ['--retire: leave it out with --check, which changes nothing.']
      : []),
    ...(retire?.some(name => name === '')
      ? ['--retire: use names of databases, such as orders_db. Got "".']
      : []),
    ...findApprovalProblems(terminal, flags, mode),
  ];
  const tfvars = await readGiven(problems, '--tfvars', flags.tfvars);
  const ca = await readCa(problems, flags.caFile);
  if (problems.length > 0 || flags.env === undefined)
    throw createUsageError(problems);
  return {
    environment: flags.env,
    given: { tfvars, ca },
    mode,
    secretPrefix: settings.secretPrefix,
    ...readInstanceFlags(terminal, flags),
    adopt: flags.adopt,
    strict: flags.strict,
    retire,
    failFast: flags.failFast,
    loginTest: flags.loginTest,
    preflight: !flags.skipPreflight,
    concurrency:
      flags.concurrency === undefined ? undefined : Number(flags.concurrency),
  };
};

/** Without an infra repo there is no list of environments, so only the name is checked. */
const findEnvironmentNameProblems = (environment: string): string[] => {
  const problem = environmentNameProblem(environment);
  return problem
    ? [`--env: ${problem}. Got ${JSON.stringify(environment)}.`]
    : [];
};

/** A run that changes nothing requires no approval. */
const findApprovalProblems = (
  { env }: Terminal,
  flags: ProvisionFlags,
  mode: ProvisionMode,
): string[] => {
  const requiresApproval =
    flags.requireApproval &&
    flags.env !== undefined &&
    environmentTerms(flags.env).needsApproval &&
    mode === 'apply';
  return requiresApproval && env.ALLOW_DB_PROVISION !== 'true'
    ? [
        `Changing "${flags.env}" requires approval: set ALLOW_DB_PROVISION=true once the run is approved.`,
      ]
    : [];
};

const selectMode = (flags: ProvisionFlags): ProvisionMode => {
  if (flags.check) return 'check';
  return flags.dryRun || flags.retire === true ? 'dry-run' : 'apply';
};

/** The names of `--retire`, each value one or a list with commas; empty without a name. */
const readNames = (retire: ProvisionFlags['retire']): string[] | undefined =>
  retire === true
    ? []
    : retire?.flatMap(value => value.split(',').map(name => name.trim()));
