import { setMaxListeners } from 'node:events';
import { Command, CommanderError } from 'commander';
import { version } from '../package.json';
import { checkPlanCommand } from './commands/checkPlan';
import { commentCommand } from './commands/comment';
import { decommissionCommand } from './commands/decommission';
import { doctorCommand } from './commands/doctor';
import { guardCommand } from './commands/guard';
import { ownersCommand } from './commands/owners';
import { provisionCommand } from './commands/provision';
import { rebaseCommand } from './commands/rebase';
import { recordCommand } from './commands/record';
import { requestCommand } from './commands/request';
import { rotateCommand } from './commands/rotate';
import { settingsCommand } from './commands/settings';
import { statusCommand } from './commands/status';
import { usageCommand } from './commands/usage';
import { describeError, EXIT, ExitCode, PREFIX } from './errors';
import type { GitHubSettings, OpenLabels, OpenSetup } from './github';
import { loadNode } from './node';
import type { Terminal } from './terminal';

/** The program with all its commands. Creates the adapters; each loads when a command first uses it. */
export const createProgram = (terminal: Terminal): Command => {
  const deps = {
    terminal,
    directory: (root: string) => loadNode().createDirectoryFiles(root),
    repository: openRepository,
    pullRequests: openPullRequests,
    records: openBranchRecords,
    comments: openComments,
    labels: openLabels,
    setup: openSetup,
    roles: () => loadNode().createRolesReader(terminal.env),
    secrets: (options: { region?: string }) => {
      const { createSecretsManagerClient, createSecretsReader } = loadNode();
      return createSecretsReader(createSecretsManagerClient(options));
    },
    rotationSecrets: (options: { region?: string }) => {
      const { createRotationSecrets, createSecretsManagerClient } = loadNode();
      return createRotationSecrets(createSecretsManagerClient(options));
    },
    connect: (options: { ca?: string; caFile?: string }) =>
      loadNode().connectPostgres(options),
    auditFile: (path: string) => loadNode().auditFile(path),
    stopSignal: createStopSignal,
  };
  return new Command('goldenpath-rds')
    .description(
      'Request and provision PostgreSQL databases on a shared RDS instance.',
    )
    .version(version)
    .addCommand(requestCommand(deps))
    .addCommand(decommissionCommand(deps))
    .addCommand(rebaseCommand(deps))
    .addCommand(guardCommand(deps))
    .addCommand(checkPlanCommand(deps))
    .addCommand(statusCommand(deps))
    .addCommand(ownersCommand(deps))
    .addCommand(provisionCommand(deps))
    .addCommand(usageCommand(deps))
    .addCommand(rotateCommand(deps))
    .addCommand(recordCommand(deps))
    .addCommand(commentCommand(deps))
    .addCommand(settingsCommand(deps))
    .addCommand(doctorCommand(deps));
};

const openRepository = async (root: string) => {
  const found = loadNode().createGitRepository(root);
  await found.assertIsTop();
  return found;
};

const openPullRequests = ({ owner, repo, ...github }: GitHubSettings) => {
  const { createOctokit, createPullRequests } = loadNode();
  const octokit = createOctokit(github);
  return createPullRequests(async () => octokit, { owner, repo });
};

const openBranchRecords = ({ owner, repo, ...github }: GitHubSettings) => {
  const { createBranchRecords, createOctokit } = loadNode();
  const octokit = createOctokit(github);
  return createBranchRecords(async () => octokit, { owner, repo });
};

const openComments = ({ owner, repo, ...github }: GitHubSettings) => {
  const { createComments, createOctokit } = loadNode();
  const octokit = createOctokit(github);
  return createComments(async () => octokit, { owner, repo });
};

const openLabels: OpenLabels = (
  { owner, repo, ...github },
  membersToken = github.token,
) => {
  const { createLabelReader, createOctokit } = loadNode();
  const octokit = createOctokit(github);
  const members = createOctokit({ ...github, token: membersToken });
  return createLabelReader(
    async () => octokit,
    { owner, repo },
    async () => members,
  );
};

const openSetup: OpenSetup = ({ owner, repo, ...github }) => {
  const { createOctokit, createSetupReader } = loadNode();
  const octokit = createOctokit(github);
  return createSetupReader(async () => octokit, { owner, repo });
};

/** The first SIGTERM or Ctrl-C aborts it; the second ends the process. */
const createStopSignal = (): AbortSignal => {
  const stop = new AbortController();
  // Every open connection listens; with more than ten listeners Node warns of a leak.
  setMaxListeners(0, stop.signal);
  for (const name of ['SIGTERM', 'SIGINT'] as const)
    process.once(name, () => stop.abort());
  return stop.signal;
};

const isWatched = (): boolean =>
  process.stderr.isTTY &&
  ['', 'false'].includes(process.env.CI ?? '') &&
  process.env.TERM !== 'dumb';

/**
 * Runs the program and handles every error.
 * @returns the exit code
 */
export const main = async (
  argv: string[] = process.argv,
): Promise<ExitCode> => {
  let code: ExitCode = EXIT.done;
  // A closed pipe, as with `| head`, must not stop a run halfway.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', () => undefined);
  const terminal: Terminal = {
    env: process.env,
    now: () => new Date(),
    out: line => process.stdout.write(`${line}\n`),
    err: line => process.stderr.write(`${line}\n`),
    watched: isWatched() ? process.stderr : undefined,
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
    endWith: chosen => {
      code = chosen;
    },
  };
  const program = createProgram(terminal);
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .showHelpAfterError('(--help shows all options)')
      .configureOutput({
        outputError: (text, write) => write(text.replace(/^error: /, PREFIX)),
      });
  }
  try {
    await program.parseAsync(argv);
    return code;
  } catch (error) {
    // commander has already printed its message; --help is not an error.
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const described = describeError(error);
    terminal.err(described.text);
    return described.code;
  }
};
