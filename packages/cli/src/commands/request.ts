import { appendFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import {
  DatabaseRequest,
  DEFAULT_DOMAIN,
  DEFAULT_RISK,
  DEFAULT_SECRET_PREFIX,
  DEFAULT_SIZE,
  DOMAINS,
  ENVIRONMENTS,
  parseRequest,
  requestId,
  RISKS,
  SIZES,
} from '@goldenpath/plugin-golden-path-common';
import type {
  InfraFiles,
  InfraRepoOptions,
  OpenPullRequestResult,
  RequestPullRequests,
  RequestRepository,
  TextFile,
  TfvarsMode,
} from '@goldenpath/plugin-golden-path-node';
import { UsageError } from '../errors';
import {
  baseRule,
  infraRepoRules,
  problemsText,
  settingProblems,
} from '../infraRepoFlags';
import { node } from '../node';
import type { Terminal } from '../terminal';

/** What the command works with. Each is made when it is needed, so that wrong use is told at once. */
export interface RequestDeps {
  terminal: Terminal;
  directory(
    root: string,
  ): InfraFiles & { replace(file: TextFile): Promise<void> };
  repository(root: string): Promise<RequestRepository>;
  pullRequests(options: {
    apiUrl: string;
    token: string;
    owner: string;
    repo: string;
  }): RequestPullRequests;
}

interface RequestFlags {
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
  catalog?: string;
  environmentsPath?: string;
  secretPrefix: string;
  openPr?: boolean;
  base: string;
  taskId: string;
}

/** `goldenpath-rds request`: puts a request into the infra repo, as changed files or as a pull request. */
export const requestCommand = (deps: RequestDeps): Command =>
  new Command('request')
    .description(
      'Put a database request into the infra repo: rds-catalog.yaml and terraform.tfvars.',
    )
    .option('--root <dir>', 'top folder of the infra repo', '.')
    // Needed ones are checked with all the others: commander would name the first that is missing, and stop.
    .option('--env <environment>', `${ENVIRONMENTS.join(', ')} (needed)`)
    .option('--database <name>', 'database name (needed)')
    .option('--username <name>', 'database user (needed)')
    .option('--owner <team>', 'owning team (needed)')
    .option('--requested-by <user>', 'who asks (needed)')
    .option('--component <name>', 'app that uses the database (needed)')
    .option('--domain <domain>', DOMAINS.join(', '), DEFAULT_DOMAIN)
    .option('--risk <risk>', RISKS.join(', '), DEFAULT_RISK)
    .option('--size <size>', SIZES.join(', '), DEFAULT_SIZE)
    .option(
      '--mode <mode>',
      'where terraform.tfvars is: auto, standalone, coupled',
      'auto',
    )
    .option('--catalog <file>', 'path of rds-catalog.yaml in the infra repo')
    .option(
      '--environments-path <dir>',
      'folder of the environments in the infra repo',
    )
    .option(
      '--secret-prefix <prefix>',
      'first part of secret names',
      DEFAULT_SECRET_PREFIX,
    )
    .option(
      '--open-pr',
      'push a branch to origin and open a pull request instead of changing files (GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL)',
    )
    .option('--base <branch>', 'branch that the pull request goes into', 'main')
    .option('--task-id <id>', 'Backstage task that asked', 'none')
    .addHelpText('after', HELP)
    .action(async (flags: RequestFlags) => {
      const request = parseFlags(flags);
      const infraRepo: InfraRepoOptions = {
        mode: flags.mode,
        catalogPath: flags.catalog,
        environmentsPath: flags.environmentsPath,
      };
      if (flags.openPr) await openPr(deps, flags, request, infraRepo);
      else await changeFiles(deps, flags, request, infraRepo);
    });

const HELP = `
Exit codes:
  0   done, or nothing to do
  1   failed
  64  wrong use

Environment, with --open-pr:
  GITHUB_TOKEN       may write contents and pull requests of the infra repo
  GITHUB_REPOSITORY  the infra repo, as owner/name
  GITHUB_API_URL     https://api.github.com unless set

Examples:
  goldenpath-rds request --env dev --database users_db --username users_app_user \\
    --owner platform-team --requested-by jane --component user-service
  goldenpath-rds request --open-pr --base main --size medium --env prod --database users_db \\
    --username users_app_user --owner platform-team --requested-by jane --component user-service
`;

/** Which option carries which field of the request. */
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

const parseFlags = (flags: RequestFlags): DatabaseRequest => {
  const problems: string[] = [];
  const parsed = parseRequest({
    component_id: flags.component,
    databaseName: flags.database,
    username: flags.username,
    owner: flags.owner,
    environment: flags.env,
    domain: flags.domain,
    risk: flags.risk,
    size: flags.size,
    requestedBy: flags.requestedBy,
  });
  if ('problems' in parsed) {
    problems.push(
      ...parsed.problems.map(
        ({ field, message }) => `${OPTIONS[field] ?? field}: ${message}`,
      ),
    );
  }
  problems.push(
    ...settingProblems([
      [
        '--task-id',
        flags.taskId,
        /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
        'use letters, digits, ".", "_" and "-", beginning with a letter or digit',
      ],
      baseRule(flags.base),
      ...infraRepoRules(flags),
    ]),
  );
  if ('problems' in parsed || problems.length > 0)
    throw new UsageError(problemsText(problems));
  return parsed.request;
};

const changeFiles = async (
  { terminal, directory }: RequestDeps,
  flags: RequestFlags,
  request: DatabaseRequest,
  infraRepo: InfraRepoOptions,
): Promise<void> => {
  const { planInfraRequest, readInfraRequestFiles } = node();
  const files = directory(resolve(flags.root));
  const { changes } = await planInfraRequest(
    await readInfraRequestFiles(files, request.environment, infraRepo),
    request,
    { createdDate: today(terminal), secretPrefix: flags.secretPrefix },
  );
  for (const change of changes) {
    await files.replace(change);
    terminal.out(`Changed ${change.path}.`);
  }
  if (changes.length === 0) terminal.out(alreadyThere(request));
};

const openPr = async (
  deps: RequestDeps,
  flags: RequestFlags,
  request: DatabaseRequest,
  infraRepo: InfraRepoOptions,
): Promise<void> => {
  const { terminal } = deps;
  const github = githubSettings(terminal.env);
  const { openPullRequest } = node();
  const result = await openPullRequest(
    {
      request,
      taskId: flags.taskId,
      base: flags.base,
      today: today(terminal),
      secretPrefix: flags.secretPrefix,
      infraRepo,
    },
    {
      repository: await deps.repository(resolve(flags.root)),
      pullRequests: deps.pullRequests(github),
    },
  );
  await report(terminal, request, result);
};

const report = async (
  terminal: Terminal,
  request: DatabaseRequest,
  result: OpenPullRequestResult,
): Promise<void> => {
  if (result.outcome === 'merged already') {
    terminal.out(alreadyThere(request));
    return;
  }
  terminal.out(
    `Pull request #${result.number} ${result.outcome}: ${result.url}`,
  );
  const output = terminal.env.GITHUB_OUTPUT;
  if (output) {
    await appendFile(
      output,
      `pull-request-url=${result.url}\npull-request-number=${result.number}\n`,
    );
  }
};

/**
 * The GitHub of the workflow run.
 * @throws UsageError where something of it is missing
 */
export const githubSettings = (env: Terminal['env'], what = '--open-pr') => {
  const token = env.GITHUB_TOKEN;
  const repository = /^([A-Za-z0-9._-]+)\/([A-Za-z0-9._-]+)$/.exec(
    env.GITHUB_REPOSITORY ?? '',
  );
  const missing = [
    ...(token ? [] : ['GITHUB_TOKEN']),
    ...(repository ? [] : ['GITHUB_REPOSITORY (as owner/name)']),
  ];
  if (!token || !repository) {
    throw new UsageError(
      `${what} needs ${missing.join(
        ' and ',
      )} in the environment, as a workflow run has them.`,
    );
  }
  const apiUrl = env.GITHUB_API_URL || 'https://api.github.com';
  if (!/^https?:/.test(apiUrl) || !URL.canParse(apiUrl)) {
    throw new UsageError(
      `GITHUB_API_URL: use the address of GitHub's API, such as https://github.example.com/api/v3. Got ${JSON.stringify(
        apiUrl,
      )}.`,
    );
  }
  return {
    token,
    apiUrl,
    owner: repository[1],
    repo: repository[2],
  };
};

/** `YYYY-MM-DD`, in UTC. */
export const today = (terminal: Terminal) =>
  terminal.now().toISOString().slice(0, 10);

const alreadyThere = (request: DatabaseRequest) =>
  `${requestId(
    request,
  )} is in the infra repo already, with the same values. Nothing to do.`;
