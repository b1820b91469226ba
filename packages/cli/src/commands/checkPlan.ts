import { posix, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { InfraSettings } from '@goldenpath/plugin-golden-path-common';
import type {
  BranchHistory,
  ChangeOrigin,
  InfraFolders,
  PlannedChange,
} from '@goldenpath/plugin-golden-path-node';
import { formatAnnotation, isWorkflowRun } from '../annotation';
import { CheckedOption, createCommand, refuseProblems } from '../checkedOption';
import {
  createEnvironmentOption,
  createInfraRepoOptions,
  createRootOption,
  InfraRepoFlags,
  toInfraRepoOptions,
} from '../createInfraRepoOptions';
import { EXIT, UsageError } from '../errors';
import { GITHUB_HELP, OpenLabels, readGitHubSettings } from '../github';
import { readGiven } from '../givenFile';
import { loadNode } from '../node';
import { openInfraRepo } from '../openInfraRepo';
import type { Terminal } from '../terminal';

/** The ports of the command. */
export interface CheckPlanDeps {
  terminal: Terminal;
  directory(root: string): InfraFolders;
  repository(
    root: string,
  ): Promise<
    BranchHistory & { findCommit(ref: string): Promise<string | undefined> }
  >;
  labels: OpenLabels;
}

interface CheckPlanFlags extends InfraRepoFlags {
  root: string;
  env: string;
  plan?: string;
  head: string;
}

/** `goldenpath-rds check-plan`: stops a plan of Terraform that nobody approved. */
export const checkPlanCommand = (deps: CheckPlanDeps): Command =>
  createCommand(
    'check-plan',
    "Check a plan of Terraform before it is applied: it may create secrets of databases; every other change requires an approver's label on the merged pull request that brought it.",
    [
      createRootOption(),
      createEnvironmentOption(),
      new CheckedOption(
        '--plan <file>',
        'output of terraform show -json <plan file>',
      ).require('the output of terraform show -json'),
      new Option('--head <ref>', 'commit to apply').default('HEAD'),
      ...createInfraRepoOptions(),
    ],
  )
    .addHelpText('after', `\nEnvironment variables:\n${GITHUB_HELP}`)
    .action(async (flags: CheckPlanFlags, command: Command) => {
      const { terminal } = deps;
      const { files, settings } = await openInfraRepo(
        deps.directory,
        flags,
        command,
      );
      const problems: string[] = [];
      const plan = await readGiven(problems, '--plan', flags.plan);
      refuseProblems(problems);
      const changes = loadNode().listPlannedChanges(plan!.text, plan!.path);
      if (changes.length === 0) {
        terminal.out('The plan creates secrets at most. It requires no label.');
        return;
      }
      const findings = await judge(deps, flags, { files, settings, changes });
      for (const finding of findings) {
        terminal.out(finding);
        if (isWorkflowRun(terminal))
          terminal.out(formatAnnotation('error', finding));
      }
      terminal.endWith(findings.length > 0 ? EXIT.failed : EXIT.done);
    });

const judge = async (
  deps: CheckPlanDeps,
  flags: CheckPlanFlags,
  {
    files,
    settings,
    changes,
  }: {
    files: InfraFolders;
    settings: InfraSettings;
    changes: PlannedChange[];
  },
): Promise<string[]> => {
  const { findChangeOrigin, locateTfvars, readApprovals } = loadNode();
  const { env } = deps.terminal;
  const reader = deps.labels(
    readGitHubSettings(env, 'check-plan'),
    env.GOLDENPATH_MEMBERS_TOKEN || undefined,
  );
  const repository = await deps.repository(resolve(flags.root));
  const head = await repository.findCommit(flags.head);
  if (!head) {
    throw new UsageError(
      `--head: there is no commit ${JSON.stringify(
        flags.head,
      )} in this clone; fetch it first, or use another one.`,
    );
  }
  const environment = flags.env;
  const { path } = await locateTfvars(
    files,
    environment,
    toInfraRepoOptions(settings),
  );
  const findings: string[] = [];
  for (const change of changes) {
    const origin = await findChangeOrigin(repository, head, change, {
      environment,
      root: posix.dirname(path),
      catalogPath: settings.catalog,
      environmentsPath: settings.environmentsPath,
    });
    const pull = origin && (await reader.findMergedPull(origin.commit));
    const read = pull
      ? await readApprovals(reader, pull, settings.approvers)
      : { counted: [], reasons: [] };
    if (origin && read.counted.includes(origin.label)) {
      deps.terminal.out(
        `${change.address}: ${change.actions}, allowed by ${origin.label} of pull request #${pull}.`,
      );
    } else
      findings.push(
        explain(
          change,
          { origin, pull, reasons: read.reasons },
          settings.approvers,
        ),
      );
  }
  return findings;
};

const explain = (
  change: PlannedChange,
  {
    origin,
    pull,
    reasons,
  }: {
    origin: ChangeOrigin | undefined;
    pull: number | undefined;
    reasons: string[];
  },
  approvers: string,
): string => {
  const what = `${change.address}: ${change.actions}. `;
  const label = origin?.label ?? change.label;
  const again = `Revert it, or change it again in a pull request with the label ${label}, set by ${approvers}.`;
  if (!origin)
    return `${what}No commit of this branch brought this change, so no pull request can have the label ${label}. ${again}`;
  const short = origin.commit.slice(0, 7);
  if (pull === undefined)
    return `${what}Commit ${short}, which brought it, was pushed without a pull request, so it has no label ${label}. ${again}`;
  return [
    `${what}Pull request #${pull} (commit ${short}), which brought it, has no label ${label} that counts.`,
    ...reasons,
    `Revert it, or have ${approvers} set the label and run this job again.`,
  ].join(' ');
};
