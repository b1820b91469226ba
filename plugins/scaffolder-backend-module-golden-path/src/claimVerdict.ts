/** What GitHub and the scaffolder know of a claim that another task holds. */
export interface ClaimFacts {
  taskId: string;
  /** Whether the task is over; undefined where that can't be told. */
  isTaskOver: boolean | undefined;
  run:
    | { url: string; isCompleted: boolean; conclusion: string | undefined }
    | undefined;
  /** The pull request that this very task led to. */
  pullRequest: { url: string; isOpen: boolean; isMerged: boolean } | undefined;
}

/**
 * Whether the claim stands in nobody's way any more: its run failed or was cancelled, its pull request was closed
 * unmerged, or merged (then the infra repo's files answer for the database), or its task ended before it dispatched.
 * @returns undefined for a free claim, else why it is held, in words
 */
export const heldBecause = (facts: ClaimFacts): string | undefined => {
  const { taskId, isTaskOver, run, pullRequest } = facts;
  if (pullRequest) {
    return pullRequest.isOpen
      ? `it was asked for in task ${taskId} and waits in pull request ${pullRequest.url}`
      : undefined;
  }
  if (run) {
    if (!run.isCompleted) {
      return `it was asked for in task ${taskId}, and its workflow run ${run.url} is under way`;
    }
    // A run that has just succeeded: its task is about to find the pull request.
    return run.conclusion === 'success' && !isTaskOver
      ? `it was asked for in task ${taskId}, whose workflow run ${run.url} succeeded`
      : undefined;
  }
  return isTaskOver
    ? undefined
    : `task ${taskId} is working on it at this moment`;
};
