import { GitHubError } from '../errors';
import { toPullReviewJson } from '../present/pullReview';
import { isSameName } from '../state/runStore';
import { PullReview } from '../state/model';
import { answerOk, Operations } from './call';
import { findPull } from './pulls';

const PATH = '/repos/{owner}/{repo}/pulls/{pull_number}/reviews';

const STATES = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
} as const;

/** Reviews of pull requests. Each is submitted at once: there are no pending ones. */
export const pullReviewOperations: Operations = {
  [`GET ${PATH}`]: call => {
    const issue = findPull(call);
    return call.answerPage(issue.pull.reviews ?? [], page =>
      page.map(one => toPullReviewJson(call.context, call.repo, issue, one)),
    );
  },

  [`POST ${PATH}`]: call => {
    const { context, repo, actor } = call;
    const issue = findPull(call);
    const { event = 'COMMENT', body = '' } = call.readBody<{
      event?: keyof typeof STATES;
      body?: string;
    }>();
    if (event === 'APPROVE' && isSameName(issue.author, actor.login))
      throw new GitHubError(422, 'Unprocessable Entity', [
        'Can not approve your own pull request',
      ]);
    const review: PullReview = {
      id: context.file.takeId(),
      author: actor.login,
      body,
      state: STATES[event],
      commitSha: issue.pull.headSha,
      submittedAt: context.now(),
    };
    issue.pull.reviews = [...(issue.pull.reviews ?? []), review];
    issue.updatedAt = review.submittedAt;
    return answerOk(toPullReviewJson(context, repo, issue, review));
  },
};
