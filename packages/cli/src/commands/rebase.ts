import { resolve } from 'node:path';
import { Command } from 'commander';
import type {
  BranchPullRequest,
  InfraFiles,
  RebasedRequest,
  RequestPullRequests,
  RequestRepository,
} from '@goldenpath/plugin-golden-path-node';
import { annotation } from '../annotation';
import { addOptions, optionProblems, refuseProblems } from '../checkedOption';
import { EXIT } from '../errors';
import {
  GITHUB_VARIABLES,
  githubSettings,
  OpenComments,
  OpenPullRequests,
} from '../github';
import {
  baseBranchOption,
  InfraRepoFlags,
  infraRepoOf,
  infraRepoOptions,
  resolveSettings,
  rootOption,
} from '../infraRepoOptions';
import { node } from '../node';
import { Terminal, today } from '../terminal';

/** What the command works with. */
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

/** `goldenpath-rds rebase`: every open request on top of its base branch as it is now. */
export const rebaseCommand = (deps: RebaseDeps): Command =>
  addOptions(
    new Command('rebase').description(
      `Bring every open pull request of a database request up to date with its base branch (${GITHUB_VARIABLES}).`,
    ),
    [
      rootOption(),
      baseBranchOption('branch that the pull requests go into'),
      ...infraRepoOptions(),
    ],
  ).action(async (flags: RebaseFlags, command: Command) => {
    const { terminal } = deps;
    refuseProblems(optionProblems(command));
    const github = githubSettings(terminal.env, 'rebase');
    const root = resolve(flags.root);
    const settings = await resolveSettings(deps.directory(root), flags);
    const rebased = await node().rebaseRequests(
      {
        base: flags.base,
        today: today(terminal),
        secretPrefix: settings.secretPrefix,
        infraRepo: infraRepoOf(settings),
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
  const because = (error: Error) => `${what}: ${node().reasonOf(error)}`;
  if ('error' in one) return annotation('error', because(one.error));
  if ('refused' in one) return annotation('warning', because(one.refused));
  return one.outcome === 'merged already'
    ? `${what}: its database is in the base branch already; close it.`
    : `${what}: ${one.outcome}.`;
};
