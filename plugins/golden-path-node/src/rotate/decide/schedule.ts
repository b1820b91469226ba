import { Risk, RISK_TERMS } from '@goldenpath/plugin-golden-path-common';

const DAY_MS = 86_400_000;
/**
 * What pods hold may be this old: External Secrets fetches hourly, the kubelet updates a mount within a minute or two. A
 * second rotation before that would end the password that they still use.
 */
const SHORTEST_INTERVAL_MS = 2 * 3_600_000;

/** When the password that was set at `createdAt` is to be rotated. */
export const findNextDue = (createdAt: Date, risk: Risk): Date =>
  new Date(createdAt.getTime() + RISK_TERMS[risk].rotationDays * DAY_MS);

/** Why a rotation waits; undefined if it may begin. One that was asked for waits only for the pods. */
export const explainWait = (
  now: Date,
  {
    createdAt,
    nextDue,
    isAskedFor,
    isForced,
  }: {
    createdAt: Date;
    nextDue: Date;
    isAskedFor: boolean;
    isForced: boolean;
  },
): string | undefined => {
  if (isForced) return undefined;
  const earliest = new Date(createdAt.getTime() + SHORTEST_INTERVAL_MS);
  if (now < earliest)
    return `the current password was set at ${createdAt.toISOString()}, and pods may still use the one before; the next rotation can begin at ${earliest.toISOString()}, or with --force at once`;
  return isAskedFor || now >= nextDue
    ? undefined
    : `due on ${nextDue.toISOString().slice(0, 10)}`;
};
