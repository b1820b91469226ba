import { resolve } from 'node:path';
import type { Command } from 'commander';
import type {
  InfraFiles,
  RequestRepository,
} from '@goldenpath/plugin-golden-path-node';
import { createCommand } from '../checkedOption';
import {
  GITHUB_VARIABLES,
  readGitHubSettings,
  OpenPullRequests,
} from '../github';
import {
  createBaseBranchOption,
  createCatalogOption,
  createEnvironmentOption,
  createRootOption,
} from '../createInfraRepoOptions';
import { loadNode } from '../node';
import { openInfraRepo } from '../openInfraRepo';
import type { Terminal } from '../terminal';

/** The ports of the command. */
export interface RecordDeps {
  terminal: Terminal;
  directory(root: string): InfraFiles;
  repository(root: string): Promise<RequestRepository>;
  pullRequests: OpenPullRequests;
}

interface RecordFlags {
  root: string;
  env: string;
  base: string;
  catalog?: string;
}

/** `goldenpath-rds record`: commits audit and status to the branch, or to a pull request if the branch is protected. */
export const recordCommand = (deps: RecordDeps): Command =>
  createCommand(
    'record',
    `Commit the audit and the status that provision --root wrote to the base branch; use a pull request if the branch is protected (${GITHUB_VARIABLES}).`,
    [
      createRootOption(),
      createEnvironmentOption(),
      createBaseBranchOption('branch to commit to'),
      createCatalogOption(),
    ],
  ).action(async (flags: RecordFlags, command: Command) => {
    const { terminal } = deps;
    const { files, settings } = await openInfraRepo(
      deps.directory,
      flags,
      command,
    );
    const github = readGitHubSettings(terminal.env, 'record');
    const result = await loadNode().recordByGit(
      {
        environment: flags.env,
        base: flags.base,
        catalogPath: settings.catalog,
      },
      {
        files,
        repository: await deps.repository(resolve(flags.root)),
        pullRequests: deps.pullRequests(github),
      },
    );
    terminal.out(
      {
        'nothing new': () => 'Nothing to commit.',
        pushed: () => `Committed audit and status to ${flags.base}.`,
        'pull request': () =>
          `${flags.base} is protected: audit and status are in a pull request${
            'url' in result ? `, ${result.url}` : ''
          }.`,
      }[result.outcome](),
    );
  });
