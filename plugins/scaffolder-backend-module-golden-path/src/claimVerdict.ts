/** State of another task's claim on GitHub and in the scaffolder. */
export interface ClaimFacts {
  taskId: string;
  /** Whether the task has ended; undefined when unknown. */
  isTaskOver: boolean | undefined;
  run:
    | { url: string; isCompleted: boolean; conclusion: string | undefined }
    | undefined;
  /** The pull request of this task. */
  pullRequest: { url: string; isOpen: boolean; isMerged: boolean } | undefined;
}

/**
 * Explains why a claim is still held. A claim is stale when its run failed or was cancelled, its pull request was
 * closed or merged (then the infra repo declares the database), or its task ended before the dispatch.
 * @returns undefined for a stale claim, else the reason
 */
export const explainHold = (facts: ClaimFacts): string | undefined => {
  const { taskId, isTaskOver, run, pullRequest } = facts;
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
    return run.conclusion === 'success' && !isTaskOver
      ? `task ${taskId} requested it, and its workflow run ${run.url} succeeded`
      : undefined;
  }
  return isTaskOver ? undefined : `task ${taskId} is working on it`;
};
