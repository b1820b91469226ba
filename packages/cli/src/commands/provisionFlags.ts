import { X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import {
  auditPath,
  DEFAULT_CONCURRENCY,
  DEFAULT_LOCK_TIMEOUT_MINUTES,
  environmentNameProblem,
  ENVIRONMENTS,
  environmentTerms,
  HOST_RULE,
  InfraSettings,
  isHost,
  isPort,
  PORT_RULE,
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

export interface ProvisionFlags extends InfraRepoFlags {
  env?: string;
  tfvars?: string;
  root?: string;
  mode: TfvarsMode;
  masterSecret?: string;
  host?: string;
  port?: string;
  region?: string;
  buildId?: string;
  runId?: string;
  runUrl?: string;
  auditOutput?: string;
  dryRun?: boolean;
  check?: boolean;
  requireApproval?: boolean;
  failFast: boolean;
  skipPreflight?: boolean;
  loginTest: boolean;
  concurrency: string;
  lockTimeout: string;
  caFile?: string;
  adopt?: boolean;
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
  new Option(
    '--tfvars <file>',
    'terraform.tfvars that declares the databases (this or --root is required)',
  ),
  new Option(
    '--root <dir>',
    'top folder of the infra repo: reads terraform.tfvars, writes audit and status',
  ),
  createModeOption(),
  ...createInfraRepoOptions(),
  new Option('--master-secret <name>', "secret with the master's credentials"),
  new CheckedOption(
    '--host <host>',
    'host of the instance, instead of the one in the master secret',
  ).allow(isHost, HOST_RULE),
  new CheckedOption(
    '--port <port>',
    'port of the instance, instead of the one in the master secret',
  ).allow(isPort, PORT_RULE),
  new Option('--region <region>', 'AWS region (AWS_REGION)'),
  new Option('--build-id <id>', 'build ID to write to the audit'),
  new Option('--run-id <id>', 'run ID to write to the audit (GITHUB_RUN_ID)'),
  new CheckedOption(
    '--run-url <url>',
    "page of the run, to write to the audit; default: the workflow run's",
  ).allow(
    value => /^https?:\/\/\S+$/.test(value) && URL.canParse(value),
    'use the URL of a page, such as https://github.com/acme/platform-infra/actions/runs/7',
  ),
  new Option(
    '--audit-output <file>',
    `audit file to append to; default: ${auditPath('<env>')}`,
  ),
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
    'databases to provision at a time',
    100,
  ).default(String(DEFAULT_CONCURRENCY)),
  new CheckedOption('--lock-timeout <time>', 'how long to wait for other runs')
    .default(`${DEFAULT_LOCK_TIMEOUT_MINUTES}m`)
    .allow(
      value => parseTime(value) !== undefined,
      `use a number with ms, s, m or h, such as ${DEFAULT_LOCK_TIMEOUT_MINUTES}m`,
    ),
  new Option('--ca-file <file>', 'CA of the instance, instead of the RDS CAs'),
  new Option(
    '--adopt',
    'adopt existing roles, and existing databases of the master',
  ),
  new Option('--json', 'print events, one JSON object per line'),
];

export const PROVISION_HELP = `
Exit codes:
  0   done, or nothing to do
  1   failed: a database was refused, failed or could not be checked, or the run was stopped
  2   --check saw everything, and found drift
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
  const problems = [
    ...(flags.root === undefined && flags.env !== undefined
      ? findEnvironmentNameProblems(flags.env)
      : findEnvironmentProblems(flags.env, settings)),
    ...findOptionProblems(command),
    ...(await findSourceProblems(flags)),
    ...(flags.check && flags.dryRun
      ? ['--check and --dry-run: use only one of them.']
      : []),
    ...findApprovalProblems(terminal, flags, mode),
  ];
  const tfvars = await readGiven(problems, '--tfvars', flags.tfvars);
  const ca = await readGiven(problems, '--ca-file', flags.caFile);
  if (ca && !ca.text.includes('-----BEGIN CERTIFICATE-----')) {
    problems.push(
      `--ca-file: ${ca.path} holds no certificate; use a PEM file that contains -----BEGIN CERTIFICATE-----.`,
    );
  } else if (ca && !isCertificate(ca.text)) {
    problems.push(
      `--ca-file: the first certificate in ${ca.path} is invalid; download the file again.`,
    );
  }
  if (problems.length > 0 || flags.env === undefined)
    throw createUsageError(problems);
  return {
    environment: flags.env,
    given: { tfvars, ca },
    mode,
    secretPrefix: settings.secretPrefix,
    masterSecret: flags.masterSecret,
    host: flags.host,
    port: flags.port === undefined ? undefined : Number(flags.port),
    buildId: flags.buildId,
    runId: flags.runId ?? terminal.env.GITHUB_RUN_ID,
    runUrl: flags.runUrl ?? composeRunUrl(terminal),
    adopt: flags.adopt,
    failFast: flags.failFast,
    loginTest: flags.loginTest,
    preflight: !flags.skipPreflight,
    concurrency: Number(flags.concurrency),
    lockTimeoutMs: parseTime(flags.lockTimeout),
  };
};

/** The page of the workflow run; undefined outside of one. */
const composeRunUrl = ({ env }: Terminal): string | undefined => {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repo } = env;
  return server && repo && env.GITHUB_RUN_ID
    ? `${server}/${repo}/actions/runs/${env.GITHUB_RUN_ID}`
    : undefined;
};

/** Without an infra repo there is no list of environments, so only the name is checked. */
const findEnvironmentNameProblems = (environment: string): string[] => {
  const problem = environmentNameProblem(environment);
  return problem
    ? [`--env: ${problem}. Got ${JSON.stringify(environment)}.`]
    : [];
};

/** Exactly one of --tfvars and --root is required. */
const findSourceProblems = async ({
  tfvars,
  root,
}: ProvisionFlags): Promise<string[]> => {
  if (tfvars === undefined && root === undefined) {
    return [
      '--root or --tfvars is required: the top folder of the infra repo, or a terraform.tfvars.',
    ];
  }
  return [
    ...(tfvars !== undefined && root !== undefined
      ? ['--root and --tfvars: use only one of them.']
      : []),
    ...(root !== undefined && !(await isFolder(root))
      ? [`--root: ${resolve(root)} is not a folder.`]
      : []),
  ];
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

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    found => found.isDirectory(),
    () => false,
  );

/** Node ignores a certificate that it can't parse, and then trusts none. */
const isCertificate = (pem: string): boolean => {
  try {
    return Boolean(new X509Certificate(pem));
  } catch {
    return false;
  }
};

const selectMode = (flags: ProvisionFlags): ProvisionMode => {
  if (flags.check) return 'check';
  return flags.dryRun ? 'dry-run' : 'apply';
};

const UNITS: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Parses a time such as `15m` to milliseconds; undefined if it is invalid. */
const parseTime = (text: string): number | undefined => {
  const match = /^([0-9]{1,9})(ms|s|m|h)$/.exec(text);
  return match ? Number(match[1]) * UNITS[match[2]] : undefined;
};
