import { AppRequest } from '@goldenpath/plugin-golden-path-common';
import { Claim } from './claims';
import { TaskLife } from './taskLife';

/** State of another task's claim on GitHub and in the scaffolder. */
export interface ClaimFacts {
  claim: Claim;
  task: TaskLife;
  run:
    | { url: string; isCompleted: boolean; conclusion: string | undefined }
    | undefined;
  /** The pull request of this task. */
  pullRequest: { url: string; isOpen: boolean; isMerged: boolean } | undefined;
}

/**
 * What a claim means for another form. `held`: refuse it. `stale`: nothing stands against it. `continue`: it asks for
 * the same, so it goes on with what the ended task began; with a new run, when the old one led to nothing.
 */
export type ClaimVerdict =
  | { kind: 'held'; reason: string }
  | { kind: 'stale' }
  | { kind: 'continue'; needsNewRun: boolean };

/**
 * Judges the claim of another task. A claim is stale when its run failed or was cancelled, its pull request was closed
 * or merged (then the infra repo declares the database), or its task ended before the dispatch.
 */
export const judgeClaim = (
  facts: ClaimFacts,
  request: AppRequest,
): ClaimVerdict => {
  const { claim, task, run, pullRequest } = facts;
  const isUnfinished = task.state === 'over' || task.state === 'silent';
  const hasEnded = isUnfinished || task.state === 'completed';
  const reason = explainHold(facts, hasEnded);
  const hasBegun = reason !== undefined || claim.repoState !== 'none';
  const differences = listDifferences(claim, request);
  if (isUnfinished && hasBegun && differences?.length === 0) {
    const isRequested = pullRequest?.isOpen || pullRequest?.isMerged;
    return {
      kind: 'continue',
      needsNewRun: Boolean(run?.isCompleted) && !isRequested,
    };
  }
  // A freed claim keeps nobody out; only what it began can be continued.
  if (reason === undefined || claim.state === 'freed') return { kind: 'stale' };
  return {
    kind: 'held',
    reason: isUnfinished
      ? `${reason}. ${explainContinue(facts, differences)}`
      : reason,
  };
};

const explainHold = (
  { claim: { taskId }, run, pullRequest }: ClaimFacts,
  hasEnded: boolean,
): string | undefined => {
  if (pullRequest) {
    return pullRequest.isOpen
      ? `task ${taskId} requested it, and pull request ${pullRequest.url} is open`
      : undefined;
  }
  if (run) {
    if (!run.isCompleted) {
      return `task ${taskId} requested it, and its workflow run ${run.url} is in progress`;
    }
    // After success the task still has to find the pull request.
    return run.conclusion === 'success' && !hasEnded
      ? `task ${taskId} requested it, and its workflow run ${run.url} succeeded`
      : undefined;
  }
  return hasEnded ? undefined : `task ${taskId} is working on it`;
};

/** Says how to continue what an ended task began. */
export const explainContinue = (
  { task }: Pick<ClaimFacts, 'task'>,
  differences: string[] | undefined,
): string => {
  const different = differences?.length
    ? ` (different here: ${differences.join(', ')})`
    : '';
  const how = differences
    ? `fill in the form with that task's values${different}`
    : 'ask the platform team';
  return task.state === 'silent'
    ? `That task shows no sign of life since ${task.lastSeen?.toISOString()}: its backend was stopped, and Retry does not work on it. To continue it, ${how}`
    : `That task has ended; to continue it, press Retry there, or ${how}`;
};

/** Lists the fields in which a form asks for something else than a claim; undefined when the claim doesn't tell. */
export const listDifferences = (
  { request: claimed }: Pick<Claim, 'request'>,
  request: AppRequest,
): string[] | undefined => {
  if (!claimed) return undefined;
  // A field that only one of them has makes a difference: an app alone isn't one with a database.
  const fields = Object.keys({ ...request, ...claimed }) as Array<
    keyof AppRequest
  >;
  return fields.filter(
    field => field !== 'requestedBy' && request[field] !== claimed[field],
  );
};
