import type {
  DatabaseStatus,
  StatusStep,
} from '@goldenpath/plugin-golden-path-common';
import type { RunSeen } from './evidence';
import { Facts, latest } from './facts';
import { findApprovals, isLocked } from './steps';

/** How long something may take, in ms. */
export interface Patience {
  /** A review, or the merge after it. */
  reviewMs: number;
  /** From merge to database. */
  provisionMs: number;
  /** A workflow run, or a task that has started none. */
  runMs: number;
  /** A conflict, until the workflow that rebases requests has resolved it. */
  conflictMs: number;
}

type Problem = NonNullable<DatabaseStatus['problem']>;

/** Why it doesn't move on, for finding who moves next. */
export type Cause =
  | 'task_ended'
  | 'task_slow'
  | 'request_run'
  | 'request_run_slow'
  | 'closed'
  | 'conflict'
  | 'no_review'
  | 'no_merge'
  | 'apply_run'
  | 'apply_run_slow'
  | 'not_provisioned'
  | 'removal_run'
  | 'audit'
  | 'catalog'
  | 'drift';

export interface FoundProblem extends Problem {
  cause: Cause;
  /** The step that failed. */
  step: StatusStep;
}

/** The worst problem: failed, then drifted, then stale. */
export const findProblem = (
  facts: Facts,
  done: ReadonlyMap<StatusStep, unknown>,
  context: { now: number; patience: Patience; catalogPath: string },
): FoundProblem | undefined => {
  if (facts.isUndeclared) return findRemovalFailure(facts);
  return (
    findFailure(facts, done, context.catalogPath) ??
    findDrift(facts) ??
    findStale(facts, done, context)
  );
};

/** Once it is locked, nothing is left of it that a run could apply. */
const findRemovalFailure = ({
  removalRun,
  audit,
}: Facts): FoundProblem | undefined =>
  removalRun && hasFailed(removalRun) && !audit.retired
    ? {
        kind: 'failed',
        cause: 'removal_run',
        // Done in any case: none of the steps to the database has failed.
        step: 'requested',
        at: removalRun.updatedAt,
        url: removalRun.url,
        evidence: describeFailure('that applies the removal', removalRun),
      }
    : undefined;

const findFailure = (
  facts: Facts,
  done: ReadonlyMap<StatusStep, unknown>,
  catalogPath: string,
): FoundProblem | undefined => {
  const { pullRequest, requestRun, applyRun, audit, claim } = facts;
  const failed = (
    cause: Cause,
    step: StatusStep,
    rest: Omit<Problem, 'kind'>,
  ) => ({ kind: 'failed', cause, step, ...rest } as const);
  if (audit.failed) {
    const { at, url, action, message } = audit.failed;
    return failed(
      'audit',
      done.has('provisioned') ? 'rotated' : 'provisioned',
      { at, url, evidence: `The audit says: ${action} failed: ${message}` },
    );
  }
  if (facts.isDeclared && facts.catalogStatus === 'failed')
    return failed('catalog', 'provisioned', {
      evidence: `${catalogPath} has status "failed".`,
    });
  if (!done.has('provisioned') && applyRun && hasFailed(applyRun))
    return failed(
      'apply_run',
      done.has('credentials') ? 'provisioned' : 'credentials',
      {
        at: applyRun.updatedAt,
        url: applyRun.url,
        evidence: describeFailure('that applies the merge', applyRun),
      },
    );
  if (done.has('merged')) return undefined;
  if (pullRequest?.state === 'closed')
    return failed('closed', done.has('approved') ? 'merged' : 'approved', {
      at: pullRequest.closedAt,
      url: pullRequest.url,
      evidence: `Pull request #${pullRequest.number} was closed without a merge.`,
    });
  if (done.has('pull_request')) return undefined;
  if (requestRun && hasFailed(requestRun))
    return failed('request_run', 'pull_request', {
      at: requestRun.updatedAt,
      url: requestRun.url,
      evidence: describeFailure('that opens the pull request', requestRun),
    });
  if (claim?.state === 'freed')
    return failed('task_ended', 'pull_request', {
      evidence: `Task ${claim.taskId} ended before there was a pull request.`,
    });
  return undefined;
};

const findDrift = ({ drift }: Facts): FoundProblem | undefined =>
  drift && {
    kind: 'drifted',
    cause: 'drift',
    step: 'provisioned',
    at: drift.at,
    url: drift.url,
    evidence: `Issue #${drift.number} names it: it differs from what is declared.`,
  };

const findStale = (
  facts: Facts,
  done: ReadonlyMap<StatusStep, unknown>,
  { now, patience }: { now: number; patience: Patience },
): FoundProblem | undefined => {
  const { pullRequest, requestRun, applyRun, claim } = facts;
  const stale = (cause: Cause, step: StatusStep, rest: Omit<Problem, 'kind'>) =>
    ({ kind: 'stale', cause, step, ...rest } as const);
  const isOver = (since: string | undefined, ms: number) =>
    since !== undefined && now - Date.parse(since) > ms;
  if (done.has('provisioned')) return undefined;
  if (done.has('merged')) {
    // An entry that came back is applied from then on.
    const since = latest(pullRequest?.mergedAt, facts.absentAt);
    if (
      applyRun &&
      isRunning(applyRun) &&
      isOver(applyRun.startedAt, patience.runMs)
    )
      return stale('apply_run_slow', 'provisioned', {
        at: applyRun.startedAt,
        url: applyRun.url,
        evidence: `Workflow run ${applyRun.id} has been ${
          applyRun.status === 'waiting' ? 'waiting for a review' : 'running'
        } since ${applyRun.startedAt}.`,
      });
    return isOver(since, patience.provisionMs)
      ? stale('not_provisioned', 'provisioned', {
          at: since,
          url: pullRequest?.url,
          evidence: isLocked(facts)
            ? `Its role was locked at ${facts.audit.retired?.at} and is not unlocked yet.`
            : `It was ${
                since === pullRequest?.mergedAt ? 'merged at' : 'declared after'
              } ${since} and is not provisioned yet.`,
        })
      : undefined;
  }
  if (pullRequest?.state === 'open') {
    const { number, url, createdAt, hasConflict, conflictSince } = pullRequest;
    if (hasConflict && isOver(conflictSince, patience.conflictMs))
      return stale('conflict', 'merged', {
        at: conflictSince,
        url,
        evidence: `Pull request #${number} conflicts with its base branch.`,
      });
    const approvals = findApprovals(facts);
    const since = approvals?.at ?? createdAt;
    if (!isOver(since, patience.reviewMs)) return undefined;
    return approvals
      ? stale('no_merge', 'merged', {
          at: since,
          url,
          evidence: `Pull request #${number} has been approved since ${since} and is not merged.`,
        })
      : stale('no_review', 'approved', {
          at: since,
          url,
          evidence: `Pull request #${number} has been waiting for a review since ${since}.`,
        });
  }
  if (done.has('pull_request')) return undefined;
  if (requestRun && isRunning(requestRun))
    return isOver(requestRun.startedAt, patience.runMs)
      ? stale('request_run_slow', 'pull_request', {
          at: requestRun.startedAt,
          url: requestRun.url,
          evidence: `Workflow run ${requestRun.id} has been running since ${requestRun.startedAt}.`,
        })
      : undefined;
  return claim?.state === 'held' && isOver(claim.createdAt, patience.runMs)
    ? stale('task_slow', 'pull_request', {
        at: claim.createdAt,
        evidence: `Task ${claim.taskId} holds the request since ${claim.createdAt}, and there is no pull request.`,
      })
    : undefined;
};

export const isRunning = ({ conclusion }: RunSeen) => conclusion === undefined;

const hasFailed = ({ conclusion }: RunSeen) =>
  conclusion !== undefined &&
  !['success', 'skipped', 'neutral'].includes(conclusion);

const describeFailure = (what: string, run: RunSeen) =>
  `The workflow run ${what} ended with "${run.conclusion}"${
    run.failedSteps.length > 0 ? ` in ${run.failedSteps.join('; ')}` : ''
  }.`;
