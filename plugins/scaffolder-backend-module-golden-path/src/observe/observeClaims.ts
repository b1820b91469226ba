import { Claim, Claims } from '../claims';

/** A request's change of state. */
export interface StateChange {
  change: string;
  requestId: string;
  taskId: string;
  repo?: string;
  runId?: number;
  /** Of a claim that was taken over. */
  fromTaskId?: string;
}

/** The claims; reports every change of state, and nothing for a call that changes nothing. */
export const observeClaims = (
  claims: Claims,
  report: (change: StateChange) => void,
): Claims => {
  /** Reports if the change was one. Looks before, because every call may be a repetition. */
  const observe = async <Result>(
    key: Parameters<Claims['get']>[0],
    act: () => Promise<Result>,
    describe: (before: Claim | undefined) => Partial<StateChange> | undefined,
  ): Promise<Result> => {
    const before = await claims.get(key);
    const result = await act();
    const found = describe(before);
    if (found) {
      const { requestId, taskId } = key;
      report({
        change: '',
        requestId,
        taskId,
        repo: before?.repo,
        ...found,
      });
    }
    return result;
  };

  return {
    ...claims,
    take: key =>
      observe(
        key,
        () => claims.take(key),
        before =>
          before && before.state !== 'freed'
            ? undefined
            : { change: 'claimed', repo: key.repo },
      ),
    takeOver: async (...args) => {
      const claim = await claims.takeOver(...args);
      const [, from] = args;
      report({
        change: 'taken over',
        requestId: claim.requestId,
        taskId: claim.taskId,
        repo: claim.repo,
        fromTaskId: from.taskId,
      });
      return claim;
    },
    free: key =>
      observe(
        key,
        () => claims.free(key),
        before => (before?.state === 'held' ? { change: 'freed' } : undefined),
      ),
    setDone: (key, pullRequestUrl) =>
      observe(
        key,
        () => claims.setDone(key, pullRequestUrl),
        before =>
          before?.state === 'done' ? undefined : { change: 'awaited' },
      ),
    setRun: (key, runId) =>
      observe(
        key,
        () => claims.setRun(key, runId),
        before =>
          before?.runId === runId ? undefined : { change: 'dispatched', runId },
      ),
    setRepoState: (key, state) =>
      observe(
        key,
        () => claims.setRepoState(key, state),
        before =>
          before?.repoState === state
            ? undefined
            : { change: `repository ${state}` },
      ),
  };
};
