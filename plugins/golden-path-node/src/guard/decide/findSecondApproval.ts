import {
  removalBranchName,
  renderRemovalTrailer,
} from '@goldenpath/plugin-golden-path-common';

/**
 * A review of a pull request.
 *
 * @public
 */
export interface PullRequestReview {
  /** A login; undefined when the account is deleted. */
  by: string | undefined;
  /** Whether an App or a workflow wrote it. */
  isBot: boolean;
  /** GitHub's word, such as `APPROVED`. */
  state: string;
  /** The commit that was looked at; undefined when it is gone. */
  commit: string | undefined;
}

/**
 * Who reviewed a removal, and whose approval doesn't count.
 *
 * @public
 */
export interface RemovalReviews {
  /** In the order in which they were written. */
  reviews: PullRequestReview[];
  /** Logins that pushed to the branch. */
  pushers: string[];
  branch: string;
  /** Messages of the branch's newest commits: the trailer of ours names who asked for the removal. */
  messages: string[];
}

/** https://docs.github.com/en/rest/pulls/reviews: a comment leaves what its author decided before. */
const DECIDING = ['APPROVED', 'CHANGES_REQUESTED', 'DISMISSED'];

const fold = (login: string): string => login.toLowerCase();

/** The last decision of each reviewer, by login in lower case. */
const listDecisions = (
  reviews: readonly PullRequestReview[],
): Map<string, PullRequestReview> =>
  new Map(
    reviews.flatMap(review =>
      review.by !== undefined && DECIDING.includes(review.state)
        ? [[fold(review.by), review] as const]
        : [],
    ),
  );

/** The logins whose approval may count: those that have to be looked up. */
export const listApprovers = ({
  reviews,
}: Pick<RemovalReviews, 'reviews'>): string[] =>
  [...listDecisions(reviews)]
    .filter(([, { state }]) => state === 'APPROVED')
    .map(([login]) => login);

/**
 * Reads who asked for a removal from the commits that we pushed to its branch. They may lie below others, as after
 * GitHub's "Update branch".
 */
const findRequesters = ({
  branch,
  messages,
}: Pick<RemovalReviews, 'branch' | 'messages'>): string[] => {
  const [, environment, databaseName] = branch.split('/');
  const key = { environment, databaseName };
  if (branch !== removalBranchName(key)) return [];
  return messages
    .map(text => text.split(/\r?\n/))
    .filter(lines => lines.includes(renderRemovalTrailer(key)))
    .flatMap(lines =>
      lines.flatMap(
        line => /^Goldenpath-Requested-By: (\S+)/.exec(line)?.[1] ?? [],
      ),
    );
};

/** Why somebody is no second person for a removal; undefined when they may be. */
export const findInvolvement = (
  login: string,
  pull: { author: string } & RemovalReviews,
): string | undefined => {
  const isSame = (other: string) => fold(other) === fold(login);
  if (isSame(pull.author)) return 'opened the pull request';
  if (findRequesters(pull).some(isSame)) return 'asked for the removal';
  if (pull.pushers.some(isSame)) return 'pushed to its branch';
  return undefined;
};

/**
 * Finds the second person's approval of a removal: an approving review of the newest commit, by someone with write access
 * who isn't the one who set the label.
 * @param writers - logins with write access, in lower case
 * @returns who approved, or why each approval doesn't count
 */
export const findSecondApproval = (
  pull: { author: string; sha: string } & RemovalReviews,
  labelledBy: string,
  writers: ReadonlySet<string>,
): { by: string } | { reasons: string[] } => {
  const reasons: string[] = [];
  for (const [login, review] of listDecisions(pull.reviews)) {
    if (review.state !== 'APPROVED') continue;
    const involvement = findInvolvement(login, pull);
    const reason =
      (review.isBot && 'is no person') ||
      involvement ||
      (login === fold(labelledBy) && 'set the label') ||
      (!writers.has(login) && 'has no write access') ||
      (review.commit !== pull.sha && 'approved an older commit');
    if (!reason) return { by: review.by ?? login };
    reasons.push(`${review.by} ${reason}`);
  }
  return { reasons };
};
