import {
  DatabaseStatus,
  PLATFORM_TEAM_SIZES,
  REMOVAL_ALLOWED_LABEL,
  StatusStep,
} from '@goldenpath/plugin-golden-path-common';
import type { RunSeen } from './evidence';
import type { Facts } from './facts';
import { Cause, FoundProblem, isRunning } from './problem';
import { describeOpenRemoval } from './removals';
import { findApprovals, isLocked } from './steps';

type Next = NonNullable<DatabaseStatus['next']>;

/** Who has to act, and why; undefined when nobody has to. */
export const findNext = (
  facts: Facts,
  done: ReadonlyMap<StatusStep, unknown>,
  problem: FoundProblem | undefined,
  { platformTeam, catalogPath }: { platformTeam: string; catalogPath: string },
): Next | undefined => {
  const { subject, pullRequest, applyRun, audit, removal, removalRun } = facts;
  const platform = {
    who: `the platform team (${bareName(platformTeam)})`,
    refs: [platformTeam],
  };
  const requester = subject.requestedBy
    ? {
        who: `the requester, ${subject.requestedBy}`,
        refs: [`user:default/${subject.requestedBy.toLocaleLowerCase('en')}`],
      }
    : {
        who: `the owner, ${bareName(subject.ownerRef)}`,
        refs: [subject.ownerRef],
      };
  const reviewer = PLATFORM_TEAM_SIZES.some(size => size === subject.size)
    ? { who: `a reviewer of ${bareName(platformTeam)}`, refs: [platformTeam] }
    : {
        who: `a reviewer of ${bareName(subject.ownerRef)}`,
        refs: [subject.ownerRef],
      };
  const people = { platform, requester, reviewer };

  if (problem) {
    const [who, advice] = ADVICE[problem.cause];
    return {
      reason: `${problem.evidence} ${advice}`,
      ...people[who],
      since: problem.at,
    };
  }
  if (facts.isUndeclared) {
    if (audit.retired) return undefined;
    if (removalRun && isRunning(removalRun))
      return nextOfRun(
        removalRun,
        'The removal is being applied.',
        platformTeam,
      );
    return {
      reason: `It is no longer declared in ${catalogPath}; the platform team locks it with --retire.`,
      ...platform,
    };
  }
  if (removal)
    return {
      reason: describeOpenRemoval(removal),
      who: `the owner, ${bareName(subject.ownerRef)}, and ${platform.who}`,
      refs: [...new Set([subject.ownerRef, platformTeam])],
      since: removal.createdAt,
    };
  if (done.has('provisioned'))
    return (
      facts.accessReview && {
        reason: `Issue #${facts.accessReview.number} asks who has access.`,
        who: `the owner, ${bareName(subject.ownerRef)}`,
        refs: [subject.ownerRef],
        since: facts.accessReview.at,
      }
    );
  if (done.has('merged'))
    return nextOfRun(
      applyRun,
      isLocked(facts)
        ? 'Its role is locked; the run that applies the catalog unlocks it.'
        : 'The merge is being applied.',
      platformTeam,
      pullRequest?.mergedAt,
    );
  if (pullRequest?.state === 'open') return nextOfPull(facts, people);
  return {
    reason: done.has('pull_request')
      ? 'The pull request was found and is being read.'
      : 'The pull request is being created.',
    who: 'GitHub Actions, nobody has to act',
    refs: [],
    since: facts.claim?.createdAt,
  };
};

/** While a merge is being applied. */
const nextOfRun = (
  run: RunSeen | undefined,
  reason: string,
  platformTeam: string,
  since = run?.startedAt,
): Next =>
  run?.status === 'waiting' && isRunning(run)
    ? {
        reason: `Workflow run ${run.id} waits for a review of its plan.`,
        who: 'a reviewer of the GitHub environment',
        refs: [platformTeam],
        since: run.updatedAt,
      }
    : { reason, who: 'GitHub Actions, nobody has to act', refs: [], since };

type Person = Pick<Next, 'who' | 'refs'>;
type Role = 'platform' | 'requester' | 'reviewer';

const nextOfPull = (facts: Facts, people: Record<Role, Person>): Next => {
  const { number, createdAt, isDraft, reviews, isClean } = facts.pullRequest!;
  const approvals = findApprovals(facts);
  const changes = reviews.find(({ state }) => state === 'changes_requested');
  if (changes)
    return {
      reason: `${changes.by} requests changes in pull request #${number}.`,
      ...people.requester,
      since: changes.at,
    };
  if (approvals)
    return {
      reason: `Pull request #${number} is approved${describeRest(isClean)}.`,
      ...people.reviewer,
      since: approvals.at,
    };
  return {
    reason: isDraft
      ? `Pull request #${number} is a draft; mark it as ready for review.`
      : `Pull request #${number} waits for a review.`,
    ...(isDraft ? people.requester : people.reviewer),
    since: createdAt,
  };
};

const describeRest = (isClean: boolean | undefined): string => {
  if (isClean === undefined) return '';
  return isClean
    ? ' and can be merged'
    : '; other requirements of the base branch are open';
};

/** Who moves next after a problem, and how. */
const ADVICE: Record<Cause, [who: Role, advice: string]> = {
  task_ended: [
    'requester',
    'Press Retry in the task, or fill in the form again.',
  ],
  task_slow: [
    'requester',
    'Look at the task, and press Retry if it has failed.',
  ],
  request_run: ['platform', 'Look at the run, then press Retry in the task.'],
  request_run_slow: ['platform', 'Look at the run.'],
  closed: ['requester', 'Ask the reviewers why, then fill in the form again.'],
  conflict: [
    'platform',
    'The workflow that rebases requests resolves it; run it by hand if it does not.',
  ],
  no_review: ['reviewer', 'Review it.'],
  no_merge: ['reviewer', 'Merge it.'],
  apply_run: ['platform', 'Look at the run, then run it again.'],
  apply_run_slow: ['platform', 'Look at the run.'],
  not_provisioned: [
    'platform',
    'Run "Apply RDS databases" for the environment.',
  ],
  removal_run: [
    'platform',
    `Look at the run: set the label ${REMOVAL_ALLOWED_LABEL} and run it again, or revert the pull request. Lock the role only after that.`,
  ],
  audit: ['platform', 'Repair the cause, then run the workflow again.'],
  catalog: ['platform', 'Look at the last run of the environment.'],
  drift: [
    'platform',
    'Run "Apply RDS databases" for the environment, or change what is declared.',
  ],
};

const bareName = (ref: string) => ref.slice(ref.lastIndexOf('/') + 1);
