import { appendFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import {
  type InfraSettings,
  SETTINGS_PATH,
} from '@goldenpath/plugin-golden-path-common';
import type {
  ChangedPath,
  CountedLabels,
  Finding,
  GuardVerdict,
  InfraFolders,
} from '@goldenpath/plugin-golden-path-node';
import { formatAnnotation, isWorkflowRun } from '../annotation';
import {
  createCommand,
  CheckedOption,
  findOptionProblems,
  refuseProblems,
} from '../checkedOption';
import { EXIT, UsageError } from '../errors';
import { GITHUB_VARIABLES, OpenLabels, readGitHubSettings } from '../github';
import {
  InfraRepoFlags,
  toInfraRepoOptions,
  createInfraRepoOptions,
  resolveSettings,
  createRootOption,
} from '../createInfraRepoOptions';
import { loadNode } from '../node';
import type { Terminal } from '../terminal';

/** The clone that holds the change. */
export interface GuardRepository {
  findCommit(ref: string): Promise<string | undefined>;
  mergeBase(one: string, other: string): Promise<string | undefined>;
  listChanges(start: string, head?: string): Promise<ChangedPath[]>;
  listFiles(sha: string): Promise<string[]>;
  filesAt(sha: string): InfraFolders;
}

/** The ports of the command. Each is created on first use, after the options are checked. */
export interface GuardDeps {
  terminal: Terminal;
  directory(root: string): InfraFolders;
  repository(root: string): Promise<GuardRepository>;
  labels: OpenLabels;
}

interface GuardFlags extends InfraRepoFlags {
  root: string;
  base: string;
  head?: string;
  label: string[];
  pull?: string;
  cli?: string;
}

/** `goldenpath-rds guard`: checks whether a change of the infra repo may be merged. */
export const guardCommand = (deps: GuardDeps): Command =>
  createCommand(
    'guard',
    "Check a change of the infra repo: catalog and terraform.tfvars must agree, and changing or removing a database, or changing the platform's files, requires a label.",
    [
      createRootOption(),
      new CheckedOption(
        '--base <ref>',
        'branch or commit to merge into; the change is compared with their merge base',
      ).require('the branch or commit to merge into, such as origin/main'),
      new Option(
        '--head <ref>',
        'commit to check, instead of the checked-out files',
      ),
      new CheckedOption(
        '--pull <number>',
        `pull request whose labels count, each only if one of the approvers set it who did not open the pull request (${GITHUB_VARIABLES}; GOLDENPATH_MEMBERS_TOKEN to see teams)`,
      ).allow(/^[1-9]\d*$/, 'use the number of a pull request'),
      new Option(
        '--label <name>',
        "label to assume, without --pull; repeatable: rds-change-allowed allows changes, rds-removal-allowed removals, rds-platform-allowed changes of the platform's files",
      )
        .default([])
        .argParser((label: string, labels: string[]) => [...labels, label]),
      new Option(
        '--cli <path>',
        "GOLDENPATH_CLI of the workflows; files beside a path in the infra repo are the platform's",
      ),
      ...createInfraRepoOptions(),
    ],
  ).action(async (flags: GuardFlags, command: Command) => {
    refuseProblems([
      ...findOptionProblems(command),
      ...(flags.pull !== undefined && flags.label.length > 0
        ? [
            '--label: leave it out with --pull, which reads the labels of the pull request.',
          ]
        : []),
    ]);
    await report(deps.terminal, await judge(deps, flags));
  });

interface Judgement {
  verdict: GuardVerdict;
  settings: InfraSettings;
  labels: Labels;
}

/** The labels that count; read from the pull request, or given. */
type Labels = CountedLabels & { isRead: boolean };

const judge = async (
  deps: GuardDeps,
  flags: GuardFlags,
): Promise<Judgement> => {
  const root = resolve(flags.root);
  const repository = await deps.repository(root);
  const base = await resolveCommit(repository, '--base', flags.base);
  const head = await resolveCommit(repository, '--head', flags.head ?? 'HEAD');
  const start = await repository.mergeBase(base, head);
  if (!start) {
    throw new UsageError(
      `${JSON.stringify(
        flags.base,
      )} and the change have no common commit in this clone; fetch the whole history, with fetch-depth: 0 in actions/checkout.`,
    );
  }
  // From the base: with the settings of the change, a pull request could loosen its own rules.
  const settings = await resolveSettings(repository.filesAt(base), flags);
  const labels = await readLabels(deps, flags, settings);
  const verdict = await judgeFiles(
    {
      start: repository.filesAt(start),
      head:
        flags.head === undefined
          ? deps.directory(root)
          : repository.filesAt(head),
      changes: await repository.listChanges(
        start,
        flags.head === undefined ? undefined : head,
      ),
      baseFiles: await repository.listFiles(start),
    },
    settings,
    { labels: labels.counted, cli: flags.cli },
  );
  return { verdict, settings, labels };
};

const readLabels = async (
  { terminal, labels }: GuardDeps,
  { pull, label }: GuardFlags,
  { approvers }: InfraSettings,
): Promise<Labels> => {
  if (pull === undefined) return { counted: label, reasons: [], isRead: false };
  const reader = labels(
    readGitHubSettings(terminal.env, '--pull'),
    terminal.env.GOLDENPATH_MEMBERS_TOKEN || undefined,
  );
  const read = await loadNode().readApprovals(reader, Number(pull), approvers);
  return { ...read, isRead: true };
};

/** The change that is judged, with its files on both sides. */
interface Change {
  changes: ChangedPath[];
  baseFiles: string[];
  start: InfraFolders;
  head: InfraFolders;
}

const judgeFiles = async (
  change: Change,
  settings: InfraSettings,
  { labels, cli }: { labels: readonly string[]; cli: string | undefined },
): Promise<GuardVerdict> => {
  const { guardChange, judgePlatformFiles, readDeclaredDatabases } = loadNode();
  const infraRepo = toInfraRepoOptions(settings);
  const before = await readDeclaredDatabases(change.start, infraRepo);
  const after = await readDeclaredDatabases(change.head, infraRepo);
  const verdict = guardChange(before, after, {
    labels,
    secretPrefix: settings.secretPrefix,
    allowed: settings,
  });
  const platform = await judgePlatformFiles(
    change,
    {
      catalogPath: settings.catalog,
      environmentsPath: settings.environmentsPath,
      cli,
    },
    {
      labels,
      databasePaths: [...before.tfvars, ...after.tfvars].map(
        ({ path }) => path,
      ),
      reportedPaths: verdict.findings.map(({ path }) => path),
    },
  );
  return {
    ...verdict,
    findings: [
      ...platform,
      ...(await judgeSettings(change, labels)),
      ...verdict.findings,
    ],
  };
};

/** How messages about the file begin. */
const SETTINGS_PLACE = new RegExp(`${SETTINGS_PATH}(?::\\d+:\\d+)?: `, 'g');

/** Problems of the changed goldenpath.yaml. Once merged, an invalid file would stop every command. */
const judgeSettings = async (
  { start, head }: Change,
  labels: readonly string[],
): Promise<Finding[]> => {
  const { loadSettings, findSettingsViolations } = loadNode();
  const before = await loadSettings(start);
  try {
    return findSettingsViolations(before, await loadSettings(head), labels);
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== 'InputError') throw error;
    return [
      {
        path: SETTINGS_PATH,
        line: 1,
        message: message.replaceAll(SETTINGS_PLACE, ''),
      },
    ];
  }
};

const resolveCommit = async (
  repository: GuardRepository,
  option: string,
  ref: string,
): Promise<string> => {
  const commit = await repository.findCommit(ref);
  if (commit) return commit;
  throw new UsageError(
    `${option}: there is no commit ${JSON.stringify(
      ref,
    )} in this clone; fetch it first, or use another one.`,
  );
};

const report = async (
  terminal: Terminal,
  {
    verdict: { findings, sizes, needsPlatformTeam },
    settings: { approvers },
    labels,
  }: Judgement,
): Promise<void> => {
  for (const finding of findings) {
    terminal.out(formatFinding(finding));
    if (isWorkflowRun(terminal))
      terminal.out(formatAnnotation('error', finding.message, finding));
  }
  if (labels.isRead && findings.length > 0)
    terminal.out(
      `A label counts once a member of ${approvers} sets it who did not open the pull request.`,
    );
  for (const reason of labels.reasons) {
    terminal.out(reason);
    if (isWorkflowRun(terminal))
      terminal.out(formatAnnotation('warning', reason));
  }
  if (findings.length === 0)
    terminal.out('The catalog and terraform.tfvars agree.');
  if (needsPlatformTeam)
    terminal.out(
      `The platform team must approve the size: ${sizes.join(', ')}.`,
    );
  const output = terminal.env.GITHUB_OUTPUT;
  if (output) {
    await appendFile(
      output,
      `needs-platform-team=${needsPlatformTeam}\nsizes=${sizes.join(
        ',',
      )}\napprovers=${approvers}\n`,
    );
  }
  terminal.endWith(findings.length > 0 ? EXIT.failed : EXIT.done);
};

const formatFinding = ({ path, line, message }: Finding) =>
  `${path}:${line}: ${message}`.replaceAll(/[\r\n]+/g, ' ');
