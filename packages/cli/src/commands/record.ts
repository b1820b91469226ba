import { resolve } from 'node:path';
import { Command } from 'commander';
import { ENVIRONMENTS } from '@goldenpath/plugin-golden-path-common';
import type {
  InfraFiles,
  RequestPullRequests,
  RequestRepository,
} from '@goldenpath/plugin-golden-path-node';
import { UsageError } from '../errors';
import {
  baseRule,
  catalogRule,
  environmentRule,
  neededProblems,
  problemsText,
  settingProblems,
} from '../infraRepoFlags';
import { node } from '../node';
import type { Terminal } from '../terminal';
import { githubSettings } from './request';

/** What the command works with. */
export interface RecordDeps {
  terminal: Terminal;
  directory(root: string): InfraFiles;
  repository(root: string): Promise<RequestRepository>;
  pullRequests(options: {
    apiUrl: string;
    token: string;
    owner: string;
    repo: string;
  }): RequestPullRequests;
}

interface RecordFlags {
  root: string;
  env?: string;
  base: string;
  catalog?: string;
}

/** `goldenpath-rds record`: audit and status into the branch, or into a pull request where it takes no push. */
export const recordCommand = (deps: RecordDeps): Command =>
  new Command('record')
    .description(
      'Commit audit and status, as provision --root left them, to the base branch; by a pull request where the branch is protected (GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL).',
    )
    .option('--root <dir>', 'top folder of the infra repo', '.')
    .option('--env <environment>', `${ENVIRONMENTS.join(', ')} (needed)`)
    .option('--base <branch>', 'branch that they go into', 'main')
    .option('--catalog <file>', 'path of rds-catalog.yaml in the infra repo')
    .action(async (flags: RecordFlags) => {
      const { terminal } = deps;
      const problems = [
        ...neededProblems([environmentRule(flags.env)]),
        ...settingProblems([baseRule(flags.base), catalogRule(flags.catalog)]),
      ];
      if (problems.length > 0 || flags.env === undefined)
        throw new UsageError(problemsText(problems));
      const github = githubSettings(terminal.env, 'record');
      const root = resolve(flags.root);
      const result = await node().recordByGit(
        {
          environment: flags.env,
          base: flags.base,
          catalogPath: flags.catalog,
        },
        {
          files: deps.directory(root),
          repository: await deps.repository(root),
          pullRequests: deps.pullRequests(github),
        },
      );
      terminal.out(
        {
          'nothing new': () => 'Nothing to commit.',
          pushed: () => `Committed audit and status to ${flags.base}.`,
          'pull request': () =>
            `${
              flags.base
            } takes no push: audit and status are in a pull request${
              'url' in result ? `, ${result.url}` : ''
            }.`,
        }[result.outcome](),
      );
    });
