import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import {
  FIELD_RULES,
  InfraSettings,
  parseRemoval,
  parseRemovalFacts,
  RemovalFacts,
  RemovalRequest,
  requestId,
  TfvarsMode,
} from '@goldenpath/plugin-golden-path-common';
import {
  CheckedOption,
  createCommand,
  createUsageError,
  findOptionProblems,
  refuseProblems,
} from '../checkedOption';
import {
  createBaseBranchOption,
  createEnvironmentOption,
  createInfraRepoOptions,
  createModeOption,
  createRootOption,
  findEnvironmentProblems,
  InfraRepoFlags,
  resolveSettings,
  toInfraRepoOptions,
} from '../createInfraRepoOptions';
import { changeFiles } from '../changeFiles';
import { GITHUB_HELP, GITHUB_VARIABLES, readGitHubSettings } from '../github';
import type { OpenRemovalInput } from '@goldenpath/plugin-golden-path-node';
import { readGiven } from '../givenFile';
import { loadNode } from '../node';
import { reportPullRequest } from '../reportPullRequest';
import type { RequestDeps } from './request';
import { createTaskIdOption } from './taskIdOption';

interface DecommissionFlags extends InfraRepoFlags {
  root: string;
  env?: string;
  database?: string;
  requestedBy?: string;
  reason: string;
  facts?: string;
  mode: TfvarsMode;
  openPr?: boolean;
  base: string;
  taskId: string;
}

/** `goldenpath-rds decommission`: takes a database out of the infra repo, as changed files or as a pull request. */
export const decommissionCommand = (deps: RequestDeps): Command =>
  createCommand(
    'decommission',
    'Take a database out of the infra repo: rds-catalog.yaml and terraform.tfvars. Nothing is dropped: role and database stay until a person drops them.',
    [
      createRootOption(),
      createEnvironmentOption(),
      new CheckedOption('--database <name>', 'database name').require(
        `the name of the database, such as ${FIELD_RULES.databaseName.example}`,
      ),
      new CheckedOption('--requested-by <user>', 'requesting user').require(
        `the user who asks for it, such as ${FIELD_RULES.requestedBy.example}`,
      ),
      new Option('--reason <text>', 'why, in one line').default(''),
      new CheckedOption(
        '--facts <file>',
        'what Backstage saw of the database, as JSON; shown in the pull request',
      ),
      createModeOption(),
      ...createInfraRepoOptions(),
      new Option(
        '--open-pr',
        `push a branch to origin and open a pull request instead of changing files (${GITHUB_VARIABLES})`,
      ),
      createBaseBranchOption('base branch of the pull request'),
      createTaskIdOption('Backstage task of the removal'),
    ],
  )
    .addHelpText('after', HELP)
    .action(async (flags: DecommissionFlags, command: Command) => {
      const files = deps.directory(resolve(flags.root));
      const settings = await resolveSettings(files, flags);
      const removal = parseFlags(flags, command, settings);
      const facts = await readFacts(flags.facts);
      if (flags.openPr) await openPr(deps, flags, { removal, facts }, settings);
      else await changeCheckout(deps, flags, removal, settings);
    });

const HELP = `
Exit codes:
  0   done, or nothing to do
  1   failed
  64  usage error

Environment, with --open-pr:
${GITHUB_HELP}

Example:
  goldenpath-rds decommission --env dev --database users_db --requested-by jane --reason 'moved to orders_db'
`;

/** The option for each field. */
const OPTIONS: Record<string, string> = {
  environment: '--env',
  databaseName: '--database',
  requestedBy: '--requested-by',
  reason: '--reason',
};

/** @throws UsageError that lists every problem of the options */
const parseFlags = (
  flags: DecommissionFlags,
  command: Command,
  settings: InfraSettings,
): RemovalRequest => {
  const fields: Record<string, string | undefined> = {
    environment: flags.env,
    databaseName: flags.database,
    requestedBy: flags.requestedBy,
    reason: flags.reason,
  };
  const parsed = parseRemoval(fields, settings);
  const problems = [
    ...findEnvironmentProblems(flags.env, settings),
    ...findOptionProblems(command),
    ...('problems' in parsed ? parsed.problems : [])
      // A missing option or an unknown environment is a problem already.
      .filter(
        ({ field }) =>
          field === 'reason' ||
          (field !== 'environment' && fields[field]?.trim()),
      )
      .map(({ field, message }) => `${OPTIONS[field]}: ${message}`),
  ];
  if ('problems' in parsed || problems.length > 0)
    throw createUsageError(problems);
  return parsed.removal;
};

/** @throws UsageError unless the file has what Backstage sends */
const readFacts = async (
  path: string | undefined,
): Promise<RemovalFacts | undefined> => {
  const problems: string[] = [];
  const file = await readGiven(problems, '--facts', path);
  const parsed = file && parseRemovalFacts(file.text);
  if (parsed && 'problem' in parsed)
    problems.push(`--facts: ${path} ${parsed.problem}`);
  refuseProblems(problems);
  return parsed && 'facts' in parsed ? parsed.facts : undefined;
};

const changeCheckout = async (
  { terminal, directory }: RequestDeps,
  flags: DecommissionFlags,
  removal: RemovalRequest,
  settings: InfraSettings,
): Promise<void> => {
  const { planInfraRemoval, readInfraRequestFiles } = loadNode();
  const files = directory(resolve(flags.root));
  const { changes } = await planInfraRemoval(
    await readInfraRequestFiles(
      files,
      removal.environment,
      toInfraRepoOptions(settings, flags.mode),
    ),
    removal,
  );
  await changeFiles(terminal, files, changes, formatNothingToDo(removal));
};

const openPr = async (
  deps: RequestDeps,
  flags: DecommissionFlags,
  { removal, facts }: Pick<OpenRemovalInput, 'removal' | 'facts'>,
  settings: InfraSettings,
): Promise<void> => {
  const github = readGitHubSettings(deps.terminal.env, '--open-pr');
  const result = await loadNode().openRemoval(
    {
      removal,
      facts,
      taskId: flags.taskId,
      base: flags.base,
      infraRepo: toInfraRepoOptions(settings, flags.mode),
    },
    {
      repository: await deps.repository(resolve(flags.root)),
      pullRequests: deps.pullRequests(github),
    },
  );
  if (result.outcome === 'not declared')
    deps.terminal.out(formatNothingToDo(removal));
  else await reportPullRequest(deps.terminal, result);
};

const formatNothingToDo = (removal: RemovalRequest) =>
  `The infra repo doesn't declare ${requestId(removal)}. Nothing to do.`;
