import type { LabelledPullRequest } from '../decide/countLabels';
import {
  findInvolvement,
  findSecondApproval,
  listApprovers,
  RemovalReviews,
} from '../decide/findSecondApproval';
import type { PullRequestHead } from '../decide/countLabels';

/**
 * What GitHub knows of a pull request's reviews.
 *
 * @public
 */
export interface ReviewReader {
  readRemovalReviews(
    number: number,
    head: PullRequestHead,
  ): Promise<RemovalReviews>;
  /** Whether the user may push to the repository. */
  mayWrite(login: string): Promise<boolean>;
}

/**
 * Reads whether a second person approved a removal.
 * @returns why the label doesn't count; undefined when it does
 */
export const readSecondApproval = async (
  reader: ReviewReader,
  number: number,
  { author, head }: Pick<LabelledPullRequest, 'author' | 'head'>,
  labelledBy: string,
): Promise<string | undefined> => {
  const read = await reader.readRemovalReviews(number, head);
  const pull = { author, sha: head.sha, ...read };
  const involvement = findInvolvement(labelledBy, pull);
  if (involvement !== undefined)
    return `it was set by ${labelledBy}, who ${involvement}; someone else must set it`;
  const writers = new Set<string>();
  for (const login of listApprovers(read))
    if (await reader.mayWrite(login)) writers.add(login);
  const found = findSecondApproval(pull, labelledBy, writers);
  if ('by' in found) return undefined;
  return `a removal requires two people, and besides ${labelledBy} nobody's approval counts${
    found.reasons.length > 0 ? ` (${found.reasons.join('; ')})` : ''
  }. Someone with write access who didn't open the pull request, ask for it or push to it must approve commit ${head.sha.slice(
    0,
    7,
  )} in a review; then remove the label and set it again`;
};
