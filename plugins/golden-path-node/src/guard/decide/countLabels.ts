import { REMOVAL_ALLOWED_LABEL } from '@goldenpath/plugin-golden-path-common';
import { CHANGE_ALLOWED_LABEL, PLATFORM_ALLOWED_LABEL } from './labels';

/** The labels by which the approvers allow what the guard refuses. */
export const APPROVAL_LABELS = [
  CHANGE_ALLOWED_LABEL,
  REMOVAL_ALLOWED_LABEL,
  PLATFORM_ALLOWED_LABEL,
] as const;

/**
 * A pull request with its labels now, and who set or removed which.
 *
 * @public
 */
export interface LabelledPullRequest {
  /** Login of whoever opened it. */
  author: string;
  head: PullRequestHead;
  labels: string[];
  /** In the order in which they happened. */
  events: LabelEvent[];
}

/**
 * The branch of a pull request.
 *
 * @public
 */
export interface PullRequestHead {
  branch: string;
  sha: string;
  /** `owner/name`; undefined when the fork is gone. */
  repository: string | undefined;
  /** Nobody can push to it any more; the branch itself may be gone. */
  isMerged: boolean;
}

/** @public */
export interface LabelEvent {
  action: 'labeled' | 'unlabeled';
  label: string;
  /** A login; undefined when the account is deleted. */
  by: string | undefined;
  /** ISO 8601. */
  at: string;
}

/**
 * Whether a user may approve: a member of the approvers' team, or, where the token can't see the team, someone who
 * administers or maintains the repository.
 *
 * @public
 */
export type Approver = { may: boolean; by: 'team' | 'repository' };

/**
 * Which labels count, and why each other one doesn't.
 *
 * @public
 */
export interface CountedLabels {
  counted: string[];
  /** One sentence each. */
  reasons: string[];
}

/** Who set each approval label of a pull request, and when; nobody where no event says so. The last event decides. */
export const findLabelSetters = ({
  labels,
  events,
}: Pick<LabelledPullRequest, 'labels' | 'events'>): Array<{
  label: string;
  by: string | undefined;
  at: string;
}> =>
  APPROVAL_LABELS.filter(label => labels.includes(label)).map(label => {
    const last = events.filter(event => event.label === label).at(-1);
    return last?.action === 'labeled'
      ? { label, by: last.by, at: last.at }
      : { label, by: undefined, at: '' };
  });

/**
 * Decides which approval labels count: those that someone of the approvers' team set who didn't open the pull request.
 * @param known - `approvers`: what is known of each login that set a label, by login in lower case; `pushedAt`: when the
 * newest commit was pushed, in ISO 8601, undefined where GitHub doesn't tell
 */
export const countLabels = (
  pull: Omit<LabelledPullRequest, 'head'>,
  {
    approvers,
    pushedAt,
  }: {
    approvers: ReadonlyMap<string, Approver>;
    pushedAt: string | undefined;
  },
  team: string,
): CountedLabels => {
  const counted: string[] = [];
  const reasons: string[] = [];
  for (const { label, by, at } of findLabelSetters(pull)) {
    const reason =
      findReason(by, pull.author, approvers, team) ??
      findAgeReason(at, pushedAt, team);
    if (reason) reasons.push(`The label ${label} doesn't count: ${reason}.`);
    else counted.push(label);
  }
  return { counted, reasons };
};

/** Why a label doesn't count; undefined when it does. */
const findReason = (
  by: string | undefined,
  author: string,
  approvers: ReadonlyMap<string, Approver>,
  team: string,
): string | undefined => {
  if (by === undefined)
    return `nobody can be found who set it; someone of ${team} must remove it and set it again`;
  // GitHub's logins ignore the case.
  const login = by.toLowerCase();
  if (login === author.toLowerCase())
    return `it was set by ${by}, who opened the pull request; someone else of ${team} must set it`;
  const approver = approvers.get(login);
  if (approver?.may) return undefined;
  return approver?.by === 'repository'
    ? `it was set by ${by}, who doesn't administer or maintain this repo, and the token can't see the team ${team}; someone with one of these roles must set it`
    : `it was set by ${by}, who is no member of ${team}; someone of ${team} must set it`;
};

/** The workflow removes labels after a push, but whoever may push may also cancel its run. */
const findAgeReason = (
  setAt: string,
  pushedAt: string | undefined,
  team: string,
): string | undefined =>
  pushedAt !== undefined && Date.parse(setAt) <= Date.parse(pushedAt)
    ? `it was set before the newest commit was pushed; someone of ${team} must look at that commit, remove the label and set it again`
    : undefined;
