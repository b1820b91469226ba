import express, { Request, Response, Router } from 'express';
import { assertPlatformToken, BROWSER_USER } from '../auth';
import { Context } from '../context';
import { GitHubError } from '../errors';
import { MergeMethod, mergePullRequest } from '../pullRequests';
import { reviewDeployments } from '../reviews';
import { Repository } from '../state/model';
import { submitReview } from '../submitReview';
import { findPull, findRun } from './find';
import { toRepoPath } from './layout';
import { renderPullPage } from './pulls';

const ACTOR = { login: BROWSER_USER };

type Press = (
  context: Context,
  repo: Repository,
  request: Request,
  response: Response,
) => Promise<void>;

/** What the buttons of the pages do. Whoever looks at a page presses them as the browser's user. */
export const buttons = (
  context: Context,
  sendError: (response: Response, error: unknown) => void,
): Router => {
  const router = Router();
  const post = (path: string, press: Press) =>
    router.post(
      `/:owner/:repo${path}`,
      express.urlencoded({ extended: false, limit: '10kb' }),
      async (request, response) => {
        try {
          assertOwnForm(request);
          assertPlatformToken(context, request.headers.authorization);
          const { owner, repo } = request.params;
          await press(
            context,
            context.getRepository(owner, repo),
            request,
            response,
          );
        } catch (error) {
          sendError(response, error);
        }
      },
    );
  post('/pull/:number/merge', merge);
  post('/pull/:number/approve', approve);
  post('/actions/runs/:run/pending_deployments', review);
  return router;
};

/** A page of somebody else's must not press our buttons. */
const assertOwnForm = ({ headers }: Request) => {
  const { origin, host, 'sec-fetch-site': site = 'same-origin' } = headers;
  if (origin !== `http://${host}` || site !== 'same-origin')
    throw new GitHubError(403, 'This form was sent from another site.');
};

const merge: Press = async (context, repo, request, response) => {
  const { number } = request.params;
  const issue = findPull(repo, number);
  const { method, sha } = request.body as { method?: string; sha?: string };
  if (!['merge', 'squash', 'rebase'].includes(method ?? 'merge'))
    throw new GitHubError(422, 'The method is merge, squash or rebase.');
  try {
    await context.runExclusively(repo, async () => {
      await mergePullRequest(
        context,
        repo,
        issue,
        { method: (method ?? 'merge') as MergeMethod, sha: sha || undefined },
        ACTOR,
      );
      await context.file.save();
    });
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    response
      .status(error.status)
      .type('html')
      .send(await renderPullPage(context, repo, issue, error.message));
    return;
  }
  response.redirect(303, toRepoPath(repo, 'pull', number));
};

const approve: Press = async (context, repo, request, response) => {
  const { number } = request.params;
  const issue = findPull(repo, number);
  await context.runExclusively(repo, async () => {
    submitReview(context, issue, { event: 'APPROVE', body: '' }, ACTOR);
    await context.file.save();
  });
  response.redirect(303, toRepoPath(repo, 'pull', number));
};

const review: Press = async (context, repo, request, response) => {
  const run = findRun(context, repo, request.params.run);
  const { environment, state } = request.body as {
    environment?: string;
    state?: string;
  };
  if (state !== 'approved' && state !== 'rejected')
    throw new GitHubError(422, 'The state is approved or rejected.');
  const environmentIds = [Number(environment)];
  const said = { environmentIds, state, comment: '' } as const;
  await reviewDeployments(context, repo, run, said, ACTOR);
  response.redirect(303, toRepoPath(repo, 'actions', 'runs', run.id));
};
