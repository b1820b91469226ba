import { resolve } from 'node:path';
import type { Command } from 'commander';
import type {
  InfraFiles,
  RecordResult,
  RequestRepository,
} from '@goldenpath/plugin-golden-path-node';
import { formatAnnotation, isWorkflowRun } from '../annotation';
import { CheckedOption, createCommand } from '../checkedOption';
import {
  GITHUB_VARIABLES,
  readGitHubSettings,
  OpenBranchRecords,
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
  records: OpenBranchRecords;
  /** Waits, in milliseconds; tests pass their own. */
  sleep?: (ms: number) => Promise<void>;
}

/** The App's name in the URL of its page. */
const APP_SLUG = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
/** An annotation is to be read; the branch has all rows. */
const MAX_ROWS = 10;

interface RecordFlags {
  root: string;
  env: string;
  base: string;
  app?: string;
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
      new CheckedOption(
        '--app <slug>',
        'GitHub App that the workflows push with; default: GITHUB_TOKEN',
      ).allow(APP_SLUG, 'use the slug of a GitHub App, such as golden-path'),
    ],
  ).action(async (flags: RecordFlags, command: Command) => {
    const { terminal } = deps;
    const { files, settings } = await openInfraRepo(
      deps.directory,
      flags,
      command,
    );
    const github = readGitHubSettings(terminal.env, 'record');
    const account = `${flags.app ?? 'github-actions'}[bot]`;
    const result = await loadNode().recordByGit(
      {
        environment: flags.env,
        base: flags.base,
        account,
        catalogPath: settings.catalog,
      },
      {
        files,
        repository: await deps.repository(resolve(flags.root)),
        pullRequests: deps.pullRequests(github),
        records: deps.records(github),
        sleep: deps.sleep,
      },
    );
    for (const warning of findWarnings(result, flags.env, account))
      terminal.out(
        isWorkflowRun(terminal)
          ? formatAnnotation('warning', warning)
          : `Warning: ${warning}`,
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

const findWarnings = (
  { ignored, ignoredFrom, lost }: RecordResult,
  environment: string,
  account: string,
): string[] => {
  const branch = `database/audit/${environment}`;
  const rows = loadNode().printAuditRows(ignored.slice(0, MAX_ROWS)).trimEnd();
  const more =
    ignored.length > MAX_ROWS ? `\nand ${ignored.length - MAX_ROWS} more` : '';
  return [
    ...(ignored.length > 0
      ? [
          `Ignored ${ignored.length} audit ${
            ignored.length === 1 ? 'row' : 'rows'
          } of ${branch}: ${ignoredFrom} pushed to it, and only rows that ${account} pushed count. Ask ${ignoredFrom} why.\n${rows}${more}`,
        ]
      : []),
    ...(lost
      ? [
          `Waiting audit rows of earlier runs are lost: ${account} pushed them to ${branch} as ${lost}, and GitHub no longer has that commit. The logs of the runs show the changes.`,
        ]
      : []),
  ];
};
