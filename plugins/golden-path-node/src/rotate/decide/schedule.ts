import { Risk, RISK_TERMS } from '@goldenpath/plugin-golden-path-common';
import type { SecretDescription } from '../ports';

const DAY_MS = 86_400_000;
/**
 * What pods hold may be this old: External Secrets fetches hourly, the kubelet updates a mount within a minute or two. A
 * second rotation before that would end the password that they still use.
 */
const SHORTEST_INTERVAL_MS = 2 * 3_600_000;

/** When the password that was set at `createdAt` is to be rotated. */
export const findNextDue = (createdAt: Date, risk: Risk): Date =>
  new Date(createdAt.getTime() + RISK_TERMS[risk].rotationDays * DAY_MS);

/**
 * Since when the current password may be the one that new pods get. A version may become current long after it was written:
 * by a rotation that was stopped and went on, or by hand.
 */
export const findInUseSince = (
  createdAt: Date,
  { changedAt, rotatedAt }: Pick<SecretDescription, 'changedAt' | 'rotatedAt'>,
): Date =>
  new Date(
    Math.max(
      ...[createdAt, changedAt, rotatedAt].map(date => date?.getTime() ?? 0),
    ),
  );

/** Why a rotation waits for the pods; undefined if it need not. */
export const explainPodsWait = (
  now: Date,
  inUseSince: Date,
): string | undefined => {
  const earliest = new Date(inUseSince.getTime() + SHORTEST_INTERVAL_MS);
  return now < earliest
    ? `the secret was changed at ${inUseSince.toISOString()}, and pods may still use the password before; the next rotation can begin at ${earliest.toISOString()}, or with --force at once`
    : undefined;
};

/** Why a rotation waits; undefined if it may begin. One that was asked for waits only for the pods. */
export const explainWait = (
  now: Date,
  {
    inUseSince,
    nextDue,
    isAskedFor,
    isForced,
  }: {
    inUseSince: Date;
    nextDue: Date;
    isAskedFor: boolean;
    isForced: boolean;
  },
): string | undefined => {
  if (isForced) return undefined;
  const wait = explainPodsWait(now, inUseSince);
  if (wait !== undefined || isAskedFor || now >= nextDue) return wait;
  return `due on ${nextDue.toISOString().slice(0, 10)}`;
};
