import type { DecidedStatus } from './decideStatus';
import type { Evidence } from './evidence';
import { latest } from './facts';

/** How long what is over stays visible, in ms: a request that led to nothing, and a database that was taken out. */
const KEPT_MS = 30 * 24 * 60 * 60_000;

/** Whether a request or database is over, and has been for long. */
export const isForgotten = (
  status: DecidedStatus,
  { pullRequest, claim, audit, undeclared }: Evidence,
  now: number,
): boolean => {
  const isOld = (at: string | undefined) =>
    at !== undefined && now - Date.parse(at) > KEPT_MS;
  // A person may drop the database without locking it first: nothing tells of that.
  if (status.undeclared)
    return isOld(
      latest(audit?.value?.retired?.at, undeclared?.value ?? undefined),
    );
  if (status.problem?.kind !== 'failed') return false;
  const isMerged = status.steps.some(
    ({ name, state }) => name === 'merged' && state === 'done',
  );
  return (
    !isMerged &&
    isOld(
      pullRequest?.value ? pullRequest.value.closedAt : claim?.value?.createdAt,
    )
  );
};
