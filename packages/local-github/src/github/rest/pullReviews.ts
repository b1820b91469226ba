import { toPullReviewJson } from '../present/pullReview';
import { answerOk, Operations } from './call';
import { ReviewEvent, submitReview } from '../submitReview';
import { findPull } from './pulls';

const PATH = '/repos/{owner}/{repo}/pulls/{pull_number}/reviews';

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
      event?: ReviewEvent;
      body?: string;
    }>();
    const review = submitReview(context, issue, { event, body }, actor);
    return answerOk(toPullReviewJson(context, repo, issue, review));
  },
};
