import { appendFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import {
  type InfraSettings,
  SETTINGS_PATH,
} from '@goldenpath/plugin-golden-path-common';
import type {
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
  filesAt(sha: string): InfraFolders;
}

/** The ports of the command. Each is created on first use, after the options are checked. */
export interface GuardDeps {
  terminal: Terminal;
  directory(root: string): InfraFolders;
  repository(root: string): Promise<GuardRepository>;
}

interface GuardFlags extends InfraRepoFlags {
  root: string;
  base: string;
  head?: string;
  label: string[];
}

/** `goldenpath-rds guard`: checks whether a change of the infra repo may be merged. */
export const guardCommand = (deps: GuardDeps): Command =>
  createCommand(
    'guard',
    'Check a change of the infra repo: catalog and terraform.tfvars must agree, and changing or removing a database requires a label.',
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
      new Option(
        '--label <name>',
        'label of the pull request, repeatable: rds-change-allowed allows changes, rds-removal-allowed allows removals',
      )
        .default([])
        .argParser((label: string, labels: string[]) => [...labels, label]),
      ...createInfraRepoOptions(),
    ],
  ).action(async (flags: GuardFlags, command: Command) => {
    refuseProblems(findOptionProblems(command));
    const { verdict, settings } = await judge(deps, flags);
    await report(deps.terminal, verdict, settings);
  });

const judge = async (
  deps: GuardDeps,
  flags: GuardFlags,
): Promise<{ verdict: GuardVerdict; settings: InfraSettings }> => {
  const { guardChange, readDeclaredDatabases } = loadNode();
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
  const infraRepo = toInfraRepoOptions(settings);
  const files =
    flags.head === undefined ? deps.directory(root) : repository.filesAt(head);
  const verdict = guardChange(
    await readDeclaredDatabases(repository.filesAt(start), infraRepo),
    await readDeclaredDatabases(files, infraRepo),
    {
      labels: flags.label,
      secretPrefix: settings.secretPrefix,
      allowed: settings,
    },
  );
  const findings = [
    ...(await judgeSettings(repository.filesAt(start), files, flags.label)),
    ...verdict.findings,
  ];
  return { verdict: { ...verdict, findings }, settings };
};

/** Problems of the changed goldenpath.yaml. Once merged, an invalid file would stop every command. */
const judgeSettings = async (
  start: InfraFolders,
  files: InfraFolders,
  labels: readonly string[],
): Promise<Finding[]> => {
  const { loadSettings, findSettingsViolations } = loadNode();
  const before = await loadSettings(start);
  try {
    return findSettingsViolations(before, await loadSettings(files), labels);
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== 'InputError') throw error;
    return [
      {
        path: SETTINGS_PATH,
        line: 1,
        message: message.replaceAll(`${SETTINGS_PATH}: `, ''),
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
  { findings, sizes, needsPlatformTeam }: GuardVerdict,
  { approvers }: InfraSettings,
): Promise<void> => {
  for (const finding of findings) {
    terminal.out(formatFinding(finding));
    if (isWorkflowRun(terminal))
      terminal.out(formatAnnotation('error', finding.message, finding));
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
