import { resolve } from 'node:path';
import type { Command } from 'commander';
import type {
  BranchPullRequest,
  InfraFiles,
  RebasedRequest,
  RequestPullRequests,
  RequestRepository,
} from '@goldenpath/plugin-golden-path-node';
import { formatAnnotation } from '../annotation';
import {
  createCommand,
  findOptionProblems,
  refuseProblems,
} from '../checkedOption';
import { EXIT } from '../errors';
import {
  GITHUB_VARIABLES,
  readGitHubSettings,
  OpenComments,
  OpenPullRequests,
} from '../github';
import {
  createBaseBranchOption,
  InfraRepoFlags,
  toInfraRepoOptions,
  createInfraRepoOptions,
  resolveSettings,
  createRootOption,
} from '../createInfraRepoOptions';
import { loadNode } from '../node';
import { Terminal, today } from '../terminal';

/** The ports of the command. */
export interface RebaseDeps {
  terminal: Terminal;
  directory(root: string): InfraFiles;
  repository(root: string): Promise<RequestRepository>;
  pullRequests: OpenPullRequests<
    RequestPullRequests & {
      listOpen(base: string): Promise<BranchPullRequest[]>;
    }
  >;
  comments: OpenComments;
}

interface RebaseFlags extends InfraRepoFlags {
  root: string;
  base: string;
}

/** `goldenpath-rds rebase`: updates every open request to the tip of its base branch. */
export const rebaseCommand = (deps: RebaseDeps): Command =>
  createCommand(
    'rebase',
    `Update every open pull request of a database request to the tip of its base branch (${GITHUB_VARIABLES}).`,
    [
      createRootOption(),
      createBaseBranchOption('base branch of the pull requests'),
      ...createInfraRepoOptions(),
    ],
  ).action(async (flags: RebaseFlags, command: Command) => {
    const { terminal } = deps;
    refuseProblems(findOptionProblems(command));
    const github = readGitHubSettings(terminal.env, 'rebase');
    const root = resolve(flags.root);
    const settings = await resolveSettings(deps.directory(root), flags);
    const rebased = await loadNode().rebaseRequests(
      {
        base: flags.base,
        today: today(terminal),
        secretPrefix: settings.secretPrefix,
        infraRepo: toInfraRepoOptions(settings),
        allowed: settings,
      },
      {
        repository: await deps.repository(root),
        pullRequests: deps.pullRequests(github),
        comments: deps.comments(github),
      },
    );
    for (const one of rebased) terminal.out(describe(one));
    if (rebased.length === 0) terminal.out('No request is open.');
    if (rebased.some(one => 'error' in one)) terminal.endWith(EXIT.failed);
  });

const describe = (one: RebasedRequest): string => {
  const what = `Pull request #${one.number} (${one.branch})`;
  const withReason = (error: Error) =>
    `${what}: ${loadNode().describeReason(error)}`;
  if ('error' in one) return formatAnnotation('error', withReason(one.error));
  if ('refused' in one)
    return formatAnnotation('warning', withReason(one.refused));
  return one.outcome === 'merged already'
    ? `${what}: the base branch already has its database; close the pull request.`
    : `${what}: ${one.outcome}.`;
};
