import { posix, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { InfraSettings } from '@goldenpath/plugin-golden-path-common';
import type {
  BranchHistory,
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
import { GITHUB_HELP, GitHubSettings, readGitHubSettings } from '../github';
import { readGiven } from '../givenFile';
import { loadNode } from '../node';
import { openInfraRepo } from '../openInfraRepo';
import type { Terminal } from '../terminal';

/** The pull request that brought a commit, and what its labels are worth. */
export interface MergedApproval {
  /** Undefined if the commit was pushed without a pull request. */
  pull: number | undefined;
  /** The labels that an approver set. */
  labels: readonly string[];
  /** Why the other labels don't count. */
  refused: readonly string[];
}

/** The ports of the command. */
export interface CheckPlanDeps {
  terminal: Terminal;
  directory(root: string): InfraFolders;
  repository(
    root: string,
  ): Promise<
    BranchHistory & { findCommit(ref: string): Promise<string | undefined> }
  >;
  approvals(
    settings: GitHubSettings,
    approvers: string,
  ): (commit: string) => Promise<MergedApproval>;
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
  const { findChangeCommit, locateTfvars } = loadNode();
  const approvalOf = deps.approvals(
    readGitHubSettings(deps.terminal.env, 'check-plan'),
    settings.approvers,
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
    const commit = await findChangeCommit(repository, head, change.key, {
      environment,
      root: posix.dirname(path),
      catalogPath: settings.catalog,
      environmentsPath: settings.environmentsPath,
    });
    const approval = commit ? await approvalOf(commit) : undefined;
    if (approval?.labels.includes(change.label)) {
      deps.terminal.out(
        `${change.address}: ${change.actions}, allowed by ${change.label} of pull request #${approval.pull}.`,
      );
    } else findings.push(explain(change, commit, approval, settings.approvers));
  }
  return findings;
};

const explain = (
  { address, actions, label }: PlannedChange,
  commit: string | undefined,
  approval: MergedApproval | undefined,
  approvers: string,
): string => {
  const what = `${address}: ${actions}. `;
  const again = `Revert it, or change it again in a pull request with the label ${label}, set by ${approvers}.`;
  if (!commit)
    return `${what}No commit of this branch brought this change, so no pull request can have the label ${label}. ${again}`;
  const short = commit.slice(0, 7);
  if (approval?.pull === undefined)
    return `${what}Commit ${short}, which brought it, was pushed without a pull request, so it has no label ${label}. ${again}`;
  const refused = approval.refused.map(reason => ` ${reason}`).join('');
  return `${what}Pull request #${approval.pull} (commit ${short}), which brought it, has no label ${label} that counts.${refused} Revert it, or have ${approvers} set the label and run this job again.`;
};
