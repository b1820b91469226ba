import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import {
  DatabaseRequest,
  DEFAULT_DOMAIN,
  DEFAULT_RISK,
  DEFAULT_SIZE,
  DOMAINS,
  FIELD_RULES,
  InfraSettings,
  parseRequest,
  requestId,
  RISKS,
  SETTINGS_PATH,
  SIZES,
  TfvarsMode,
} from '@goldenpath/plugin-golden-path-common';
import type {
  InfraListing,
  RequestRepository,
  TextFile,
} from '@goldenpath/plugin-golden-path-node';
import {
  createCommand,
  CheckedOption,
  findOptionProblems,
  createUsageError,
} from '../checkedOption';
import { changeFiles } from '../changeFiles';
import {
  GITHUB_HELP,
  GITHUB_VARIABLES,
  readGitHubSettings,
  OpenPullRequests,
} from '../github';
import {
  createBaseBranchOption,
  createEnvironmentOption,
  findEnvironmentProblems,
  InfraRepoFlags,
  toInfraRepoOptions,
  createInfraRepoOptions,
  createModeOption,
  resolveSettings,
  createRootOption,
} from '../createInfraRepoOptions';
import { loadNode } from '../node';
import { reportPullRequest } from '../reportPullRequest';
import { Terminal, today } from '../terminal';
import { createTaskIdOption } from './taskIdOption';

/** The ports of the command. Each is created on first use, after the options are checked. */
export interface RequestDeps {
  terminal: Terminal;
  directory(
    root: string,
  ): InfraListing & { replace(file: TextFile): Promise<void> };
  repository(root: string): Promise<RequestRepository>;
  pullRequests: OpenPullRequests;
}

interface RequestFlags extends InfraRepoFlags {
  root: string;
  env?: string;
  database?: string;
  username?: string;
  owner?: string;
  requestedBy?: string;
  component?: string;
  domain: string;
  risk: string;
  size: string;
  mode: TfvarsMode;
  openPr?: boolean;
  base: string;
  taskId: string;
}

/** `goldenpath-rds request`: adds a request to the infra repo, as changed files or as a pull request. */
export const requestCommand = (deps: RequestDeps): Command =>
  createCommand(
    'request',
    'Add a database request to the infra repo: rds-catalog.yaml and terraform.tfvars.',
    requestOptions(),
  )
    .addHelpText('after', HELP)
    .action(async (flags: RequestFlags, command: Command) => {
      const files = deps.directory(resolve(flags.root));
      const settings = await resolveSettings(files, flags);
      const request = parseFlags(flags, command, settings);
      if (flags.openPr) await openPr(deps, flags, request, settings);
      else await changeCheckout(deps, flags, request, settings);
    });

const requestOptions = () => [
  createRootOption(),
  createEnvironmentOption(),
  new CheckedOption('--database <name>', 'database name').require(
    `the name of the database, such as ${FIELD_RULES.databaseName.example}`,
  ),
  new CheckedOption('--username <name>', 'database user').require(
    `the role that owns the database, such as ${FIELD_RULES.username.example}`,
  ),
  new CheckedOption('--owner <team>', 'owning team').require(
    `the team that owns the database, such as ${FIELD_RULES.owner.example}`,
  ),
  new CheckedOption('--requested-by <user>', 'requesting user').require(
    `the user who requests the database, such as ${FIELD_RULES.requestedBy.example}`,
  ),
  new CheckedOption('--component <name>', 'app that uses the database').require(
    `the name of the app, such as ${FIELD_RULES.component_id.example}`,
  ),
  new Option(
    '--domain <domain>',
    `domain, one of those in ${SETTINGS_PATH}; default ${DOMAINS.join(', ')}`,
  ).default(DEFAULT_DOMAIN),
  new Option('--risk <risk>', RISKS.join(', ')).default(DEFAULT_RISK),
  new Option('--size <size>', SIZES.join(', ')).default(DEFAULT_SIZE),
  createModeOption(),
  ...createInfraRepoOptions(),
  new Option(
    '--open-pr',
    `push a branch to origin and open a pull request instead of changing files (${GITHUB_VARIABLES})`,
  ),
  createBaseBranchOption('base branch of the pull request'),
  createTaskIdOption('Backstage task of the request'),
];

const HELP = `
Exit codes:
  0   done, or nothing to do
  1   failed
  64  usage error

Environment, with --open-pr:
${GITHUB_HELP}

Examples:
  goldenpath-rds request --env dev --database users_db --username users_app_user \\
    --owner platform-team --requested-by jane --component user-service
  goldenpath-rds request --open-pr --base main --size medium --env prod --database users_db \\
    --username users_app_user --owner platform-team --requested-by jane --component user-service
`;

/** The option for each field of the request. */
const OPTIONS: Record<string, string> = {
  environment: '--env',
  databaseName: '--database',
  username: '--username',
  owner: '--owner',
  requestedBy: '--requested-by',
  component_id: '--component',
  domain: '--domain',
  risk: '--risk',
  size: '--size',
};

/** @throws UsageError that lists every problem of the options */
const parseFlags = (
  flags: RequestFlags,
  command: Command,
  settings: InfraSettings,
): DatabaseRequest => {
  const fields = {
    component_id: flags.component,
    databaseName: flags.database,
    username: flags.username,
    owner: flags.owner,
    environment: flags.env,
    domain: flags.domain,
    risk: flags.risk,
    size: flags.size,
    requestedBy: flags.requestedBy,
  };
  const parsed = parseRequest(fields, settings);
  // A missing field or an unknown environment is already reported as a problem of its option.
  const isReported = (field: string) =>
    field === 'environment' ||
    (field in REQUIRED && !fields[field as keyof typeof fields]?.trim());
  const problems = [
    ...findEnvironmentProblems(flags.env, settings),
    ...findOptionProblems(command),
    ...('problems' in parsed ? parsed.problems : [])
      .filter(({ field }) => !isReported(field))
      .map(({ field, message }) => `${OPTIONS[field] ?? field}: ${message}`),
  ];
  if ('problems' in parsed || problems.length > 0)
    throw createUsageError(problems);
  return parsed.request;
};

/** Their options say so themselves where they are left out, or empty. */
const REQUIRED: Record<string, true> = {
  databaseName: true,
  username: true,
  owner: true,
  requestedBy: true,
  component_id: true,
};

const changeCheckout = async (
  { terminal, directory }: RequestDeps,
  flags: RequestFlags,
  request: DatabaseRequest,
  settings: InfraSettings,
): Promise<void> => {
  const { planInfraRequest, readInfraRequestFiles } = loadNode();
  const files = directory(resolve(flags.root));
  const { changes } = await planInfraRequest(
    await readInfraRequestFiles(
      files,
      request.environment,
      toInfraRepoOptions(settings, flags.mode),
    ),
    request,
    { createdDate: today(terminal), secretPrefix: settings.secretPrefix },
  );
  await changeFiles(terminal, files, changes, formatNothingToDo(request));
};

const openPr = async (
  deps: RequestDeps,
  flags: RequestFlags,
  request: DatabaseRequest,
  settings: InfraSettings,
): Promise<void> => {
  const { terminal } = deps;
  const github = readGitHubSettings(terminal.env, '--open-pr');
  const { openPullRequest } = loadNode();
  const result = await openPullRequest(
    {
      request,
      taskId: flags.taskId,
      base: flags.base,
      today: today(terminal),
      secretPrefix: settings.secretPrefix,
      infraRepo: toInfraRepoOptions(settings, flags.mode),
    },
    {
      repository: await deps.repository(resolve(flags.root)),
      pullRequests: deps.pullRequests(github),
    },
  );
  if (result.outcome === 'merged already')
    terminal.out(formatNothingToDo(request));
  else await reportPullRequest(terminal, result);
};

const formatNothingToDo = (request: DatabaseRequest) =>
  `The infra repo already has ${requestId(
    request,
  )} with the same values. Nothing to do.`;
