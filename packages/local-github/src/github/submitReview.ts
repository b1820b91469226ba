import { Actor, Context } from './context';
import { GitHubError } from './errors';
import { PullRequest } from './present/pullRequest';
import { PullReview } from './state/model';
import { isSameName } from './state/runStore';

const STATES = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
} as const;
export type ReviewEvent = keyof typeof STATES;

/** Adds a review to a pull request. @throws GitHubError 422 for an approval by its author */
export const submitReview = (
  context: Context,
  issue: PullRequest,
  { event, body }: { event: ReviewEvent; body: string },
  { login }: Pick<Actor, 'login'>,
): PullReview => {
  if (event === 'APPROVE' && isSameName(issue.author, login))
    throw new GitHubError(422, 'Unprocessable Entity', [
      'Can not approve your own pull request',
    ]);
  const review: PullReview = {
    id: context.file.takeId(),
    author: login,
    body,
    state: STATES[event],
    commitSha: issue.pull.headSha,
    submittedAt: context.now(),
  };
  issue.pull.reviews = [...(issue.pull.reviews ?? []), review];
  issue.updatedAt = review.submittedAt;
  return review;
};
