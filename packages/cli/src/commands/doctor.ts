import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import {
  DEFAULT_BASE_BRANCH,
  type InfraSettings,
  SETTINGS_PATH,
} from '@goldenpath/plugin-golden-path-common';
import type {
  GitHubSetup,
  InfraFolders,
  Reading,
  RoleDocuments,
  SecretsReader,
  SetupPoint,
} from '@goldenpath/plugin-golden-path-node';
import {
  createCommand,
  findOptionProblems,
  refuseProblems,
} from '../checkedOption';
import {
  createInfraRepoOptions,
  createRootOption,
  InfraRepoFlags,
  resolveSettings,
} from '../createInfraRepoOptions';
import { EXIT } from '../errors';
import { GitHubSettings, OpenSetup, readGitHubSettings } from '../github';
import { loadNode } from '../node';
import type { Terminal } from '../terminal';

/** The ports of the command. */
export interface DoctorDeps {
  terminal: Terminal;
  directory(root: string): InfraFolders;
  setup: OpenSetup;
  secrets(options: { region?: string }): SecretsReader;
  roles(): { readRole(arn: string): Promise<Reading<RoleDocuments>> };
}

interface DoctorFlags extends InfraRepoFlags {
  root: string;
  github?: boolean;
  aws?: boolean;
  cli?: string;
  region?: string;
}

const HELP = `
Environment variables for --github:
  GITHUB_TOKEN       token of an administrator of the infra repo, such as $(gh auth token)
  GITHUB_REPOSITORY  the infra repo, as owner/name
  GITHUB_API_URL     default: https://api.github.com

Not checked by any option: the roles of provisioner, External Secrets and push, who is in the approvers' team, runners and their
groups, the permissions of GitHub Apps, the cluster, Backstage.

Exit code 1 if anything stands open, or could not be checked.`;

/** `goldenpath-rds doctor`: says what stands open in an installation. Changes nothing. */
export const doctorCommand = (deps: DoctorDeps): Command =>
  createCommand(
    'doctor',
    'Say what stands open in the installation of an infra repo: its files, its settings on GitHub, and the logins in Secrets Manager. Changes nothing.',
    [
      createRootOption(),
      new Option('--github', 'also check the settings of the repo on GitHub'),
      new Option(
        '--aws',
        'also check the secrets with the logins of the master and of the drift check; with --github, those that the variables name, and compare the roles that they name with iam/ (requires the AWS CLI)',
      ),
      new Option(
        '--cli <value>',
        'value of the variable GOLDENPATH_CLI; with --github, read from there',
      ),
      new Option('--region <region>', 'AWS region (AWS_REGION)'),
      ...createInfraRepoOptions(),
    ],
  )
    .addHelpText('after', HELP)
    .action(async (flags: DoctorFlags, command: Command) => {
      refuseProblems(findOptionProblems(command));
      const github = flags.github
        ? readGitHubSettings(deps.terminal.env, '--github')
        : undefined;
      const files = deps.directory(resolve(flags.root));
      const settings = await readSettings(files, flags);
      const points = Array.isArray(settings)
        ? settings
        : await check(deps, { files, settings, flags }, github);
      report(deps.terminal, points, flags);
    });

/** The settings; or the points of an invalid file, without which nothing else can be checked. */
const readSettings = async (
  files: InfraFolders,
  flags: DoctorFlags,
): Promise<InfraSettings | SetupPoint[]> => {
  try {
    return await resolveSettings(files, flags);
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== 'InputError') throw error;
    return [
      ...message
        .split('\n')
        .map((line): SetupPoint => ({ status: 'open', text: line })),
      {
        status: 'not checked',
        text: `everything else: ${SETTINGS_PATH} names the environments. Correct it, and run this again.`,
      },
    ];
  }
};

interface Installation {
  files: InfraFolders;
  settings: InfraSettings;
  flags: DoctorFlags;
}

const check = async (
  deps: DoctorDeps,
  { files, settings, flags }: Installation,
  github: GitHubSettings | undefined,
): Promise<SetupPoint[]> => {
  const { checkFiles, checkRoles, findGitHubPoints } = loadNode();
  const setup =
    github && (await deps.setup(github).readSetup(DEFAULT_BASE_BRANCH));
  const { environments, approvers } = settings;
  const cli =
    setup && 'value' in setup.variables
      ? setup.variables.value.GOLDENPATH_CLI
      : flags.cli;
  return [
    ...(await checkFiles(files, settings, cli)),
    ...(setup
      ? findGitHubPoints(setup, {
          environments,
          approvers,
          branch: DEFAULT_BASE_BRANCH,
        })
      : []),
    ...(flags.aws ? await checkSecrets(deps, settings, flags, setup) : []),
    ...(flags.aws && github && setup
      ? await checkRoles(
          { files, settings },
          setup,
          github,
          deps.roles().readRole,
        )
      : []),
  ];
};

const checkSecrets = async (
  { secrets }: DoctorDeps,
  settings: InfraSettings,
  { region }: DoctorFlags,
  setup: GitHubSetup | undefined,
): Promise<SetupPoint[]> => {
  const { describeReason, findSecretPoints, listLoginSecrets } = loadNode();
  const logins = listLoginSecrets(settings, setup);
  try {
    const names = logins.map(({ name }) => name);
    return findSecretPoints(logins, await secrets({ region }).read(names));
  } catch (error) {
    // Everything else is still worth telling.
    if (!UNREACHABLE.includes((error as Error).name)) throw error;
    const text = `secrets in AWS: ${describeReason(error as Error)}`;
    return [{ status: 'not checked', text }];
  }
};

/** No region, no credentials, no answer. */
const UNREACHABLE = ['InputError', 'ServiceUnavailableError'];

const report = (
  terminal: Terminal,
  points: readonly SetupPoint[],
  { github, aws }: DoctorFlags,
): void => {
  for (const { status, text } of points) terminal.out(`${status}: ${text}`);
  const count = (status: SetupPoint['status']) =>
    points.filter(point => point.status === status).length;
  const open = count('open');
  const unchecked = count('not checked');
  const left = [
    ...(github ? [] : ['the settings on GitHub (--github)']),
    ...(aws ? [] : ['the secrets in AWS (--aws)']),
    ...(aws && github ? [] : ['the roles in AWS (--github --aws)']),
  ];
  const result =
    open + unchecked === 0
      ? 'Nothing stands open in what was checked.'
      : `Open: ${open}. Not checked: ${unchecked}.`;
  terminal.out(
    left.length > 0 ? `${result} Left out: ${left.join(', ')}.` : result,
  );
  terminal.endWith(open + unchecked > 0 ? EXIT.failed : EXIT.done);
};
