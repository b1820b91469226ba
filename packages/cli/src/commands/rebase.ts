import { resolve } from 'node:path';
import { Command } from 'commander';
import { DEFAULT_SECRET_PREFIX } from '@goldenpath/plugin-golden-path-common';
import type {
  BranchPullRequest,
  PullRequestComments,
  RebasedRequest,
  RequestPullRequests,
  RequestRepository,
} from '@goldenpath/plugin-golden-path-node';
import { EXIT, UsageError } from '../errors';
import {
  baseRule,
  infraRepoRules,
  problemsText,
  settingProblems,
} from '../infraRepoFlags';
import { node } from '../node';
import type { Terminal } from '../terminal';
import { githubSettings, today } from './request';

/** What the command works with. */
export interface RebaseDeps {
  terminal: Terminal;
  repository(root: string): Promise<RequestRepository>;
  pullRequests(options: {
    apiUrl: string;
    token: string;
    owner: string;
    repo: string;
  }): RequestPullRequests & {
    listOpen(base: string): Promise<BranchPullRequest[]>;
  };
  comments(options: {
    apiUrl: string;
    token: string;
    owner: string;
    repo: string;
  }): PullRequestComments;
}

interface RebaseFlags {
  root: string;
  base: string;
  catalog?: string;
  environmentsPath?: string;
  secretPrefix: string;
}

/** `goldenpath-rds rebase`: every open request on top of its base branch as it is now. */
export const rebaseCommand = (deps: RebaseDeps): Command =>
  new Command('rebase')
    .description(
      'Bring every open pull request of a database request up to date with its base branch (GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL).',
    )
    .option('--root <dir>', 'top folder of the infra repo', '.')
    .option('--base <branch>', 'branch that the pull requests go into', 'main')
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
    .action(async (flags: RebaseFlags) => {
      const { terminal } = deps;
      const problems = settingProblems([
        baseRule(flags.base),
        ...infraRepoRules(flags),
      ]);
      if (problems.length > 0) throw new UsageError(problemsText(problems));
      const github = githubSettings(terminal.env, 'rebase');
      const rebased = await node().rebaseRequests(
        {
          base: flags.base,
          today: today(terminal),
          secretPrefix: flags.secretPrefix,
          infraRepo: {
            mode: 'auto',
            catalogPath: flags.catalog,
            environmentsPath: flags.environmentsPath,
          },
        },
        {
          repository: await deps.repository(resolve(flags.root)),
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
  if ('error' in one) return annotation('error', what, one.error);
  if ('refused' in one) return annotation('warning', what, one.refused);
  return one.outcome === 'merged already'
    ? `${what}: its database is in the base branch already; close it.`
    : `${what}: ${one.outcome}.`;
};

/** In a workflow's log a line that begins so is an annotation, and ends at the line's end. */
const annotation = (level: 'error' | 'warning', what: string, error: Error) =>
  `::${level}::${what}: ${node()
    .reasonOf(error)
    .replace(/\s*\n\s*/g, ' ')}`;
