import type { ListedPullRequest } from '@goldenpath/plugin-golden-path-node';
import type { DecidedStatus } from './decideStatus';
import type { Evidence } from './evidence';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** GitHub's times have whole seconds, and clocks differ: a change this close to a look may have come after it. */
const CLOCK_SKEW_MS = 5_000;
/** A look from further ahead is of a replica with a wrong clock, and counts as none. */
export const LONGEST_AHEAD_MS = 10_000;

/** What is known about a request when the refresh chooses whom to look at. Times in ms since 1970. */
export interface LookFacts {
  evidence: Evidence;
  status: DecidedStatus | undefined;
  lookedAt: number | undefined;
  /** From the list of open ones; undefined: none is open. `unknown`: the list could not be read. */
  listed: ListedPullRequest | undefined | 'unknown';
  /** Files of the base branch changed since the last refresh: pull requests may conflict now. */
  baseChanged: boolean;
  now: number;
}

/**
 * Whether GitHub must be asked about this request alone. A database in use is never looked at; one that is taken out is, until it is
 * locked; one that changes is looked at every time, one that waits for people ever more rarely, as a change of its pull request shows in the list.
 */
export const isLookDue = (facts: LookFacts): boolean => {
  const { evidence, status, lookedAt, listed, baseChanged, now } = facts;
  const isInUse = status?.steps.some(
    ({ name, state }) => name === 'provisioned' && state === 'done',
  );
  if (status?.undeclared) return isRemovalLookDue(facts, status);
  if (isInUse) return false;
  if (lookedAt === undefined || lookedAt > now + LONGEST_AHEAD_MS) return true;
  const pull = evidence.pullRequest?.value;
  if ((evidence.claim?.readAt ?? 0) > lookedAt - CLOCK_SKEW_MS) return true;
  // Nobody is known who asked for it: only a change can tell.
  if (!status)
    return (
      now - lookedAt >= 10 * MINUTE ||
      (listed !== 'unknown' &&
        listed !== undefined &&
        isFresh(listed, lookedAt))
    );
  if (listed !== 'unknown') {
    if (pull?.state === 'open' && !listed) return true;
    if (
      listed &&
      (pull?.number !== listed.number ||
        pull.state !== 'open' ||
        pull.updatedAt !== listed.updatedAt ||
        isFresh(listed, lookedAt))
    )
      return true;
  }
  if (pull?.state === 'open') {
    if (baseChanged || pull.hasConflict === undefined) return true;
    return now - lookedAt >= 10 * MINUTE;
  }
  return isDueByAge(
    now - Date.parse(lastChange(evidence) ?? ''),
    now - lookedAt,
  );
};

/** Whether the run that applies the removal must be read. */
const isRemovalLookDue = (
  { evidence, lookedAt, now }: LookFacts,
  status: DecidedStatus,
): boolean => {
  const { declared, removal, removalRun } = evidence;
  const isLocked = status.next === undefined;
  if (isLocked) return false;
  const goneAt = declared?.readAt ?? 0;
  if (
    lookedAt === undefined ||
    lookedAt > now + LONGEST_AHEAD_MS ||
    !removalRun
  )
    return true;
  if (removalRun.value?.conclusion === 'success' && removalRun.readAt >= goneAt)
    return false;
  const mergedAt = removal?.value?.mergedAt;
  return isDueByAge(
    now - (mergedAt === undefined ? goneAt : Date.parse(mergedAt)),
    now - lookedAt,
  );
};

/** @param age - since the last change, in ms; NaN when it is unknown */
const isDueByAge = (age: number, sinceLook: number): boolean =>
  !(age >= 2 * HOUR) || sinceLook >= (age < 24 * HOUR ? 10 * MINUTE : HOUR);

const isFresh = ({ updatedAt }: ListedPullRequest, lookedAt: number) =>
  Date.parse(updatedAt) > lookedAt - CLOCK_SKEW_MS;

const lastChange = ({ pullRequest, claim }: Evidence): string | undefined =>
  pullRequest?.value?.mergedAt ??
  pullRequest?.value?.closedAt ??
  claim?.value?.createdAt;
