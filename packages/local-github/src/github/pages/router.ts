import { Request, Response, Router } from 'express';
import { canSee } from '../access';
import { authenticate } from '../auth';
import { Context } from '../context';
import { GitHubError, createNotFound } from '../errors';
import { findIssue } from '../issues';
import { isPull } from '../present/pullRequest';
import { Repository } from '../state/model';
import { buttons } from './buttons';
import { renderFilePage, renderFolderPage, splitRef } from './code';
import { renderCommitPage, renderCommitsPage } from './commits';
import { findPull, findRun } from './find';
import { html } from './html';
import { renderPage, toRepoPath } from './layout';
import { renderRepositoriesPage } from './lists';
import { renderIssuePage, renderIssuesPage, renderPullPage } from './pulls';
import { renderRunPage, renderRunsPage } from './runs';
import { STYLE } from './style';

const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/**
 * The pages that people see, and the files that the REST API redirects to. Anyone on this machine may read those of public
 * repositories; a GitHub with a token of its own asks for one for private repositories.
 */
export const createPagesRouter = (context: Context): Router => {
  const router = Router();
  router.use((_, response, next) => {
    response.setHeader('Content-Security-Policy', POLICY);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Cache-Control', 'no-cache');
    next();
  });
  const get = (
    path: string,
    answer: (
      request: Request,
      response: Response,
    ) => Promise<unknown> | unknown,
  ) =>
    router.get(path, async (request, response) => {
      try {
        await answer(request, response);
      } catch (error) {
        sendError(response, error);
      }
    });
  const show = (
    path: string,
    make: (repo: Repository, request: Request) => Promise<string> | string,
  ) =>
    get(`/:owner/:repo${path}`, async (request, response) => {
      const { owner, repo } = request.params;
      response
        .type('html')
        .send(await make(context.getRepository(owner, repo), request));
    });

  get('/style.css', (_, response) => response.type('css').send(STYLE));
  get('/avatars/:id', (_, response) => response.type('svg').send(AVATAR));
  get('/raw/:owner/:repo/*', (request, response) =>
    sendRaw(context, request, response),
  );
  get('/:owner?', (request, response) => {
    const isVisible = (repo: Repository) => mayRead(context, request, repo);
    response
      .type('html')
      .send(renderRepositoriesPage(context, request.params.owner, isVisible));
  });
  router.use('/:owner/:repo', (request, response, next) => {
    try {
      const { owner, repo: name } = request.params;
      const repo = context.findRepository(owner, name);
      if (repo && !mayRead(context, request, repo))
        throw new GitHubError(401, 'This repository is private.');
      next();
    } catch (error) {
      sendError(response, error);
    }
  });

  show('', repo => renderFolderPage(context, repo));
  show('/tree/*', (repo, { params }) =>
    renderFolderPage(context, repo, getRest(params)),
  );
  show('/blob/*', (repo, { params }) =>
    renderFilePage(context, repo, getRest(params)),
  );
  show('/commits/*', (repo, { params }) =>
    renderCommitsPage(context, repo, getRest(params)),
  );
  show('/commit/:sha', (repo, { params }) =>
    renderCommitPage(context, repo, params.sha),
  );
  show('/issues', repo => renderIssuesPage(context, repo, 'issues'));
  show('/pulls', repo => renderIssuesPage(context, repo, 'pulls'));
  show('/actions', repo => renderRunsPage(context, repo));
  get('/:owner/:repo/issues/:number', async (request, response) => {
    const { owner, repo: name, number } = request.params;
    const repo = context.getRepository(owner, name);
    const issue = findIssue(repo, number);
    if (isPull(issue)) response.redirect(toRepoPath(repo, 'pull', number));
    else response.type('html').send(renderIssuePage(context, repo, issue));
  });
  show('/pull/:number(\\d+)', (repo, { params }) =>
    renderPullPage(context, repo, findPull(repo, params.number)),
  );
  get('/:owner/:repo/pull/:number(\\d+).diff', async (request, response) => {
    const { owner, repo: name, number } = request.params;
    const repo = context.getRepository(owner, name);
    const { pull } = findPull(repo, number);
    const git = context.openRepository(repo);
    const base = await git.findMergeBase(pull.baseSha, pull.headSha);
    response
      .type('text/plain')
      .send(await git.diff(base ?? pull.baseSha, pull.headSha));
  });
  const showRun = (repo: Repository, { params }: Request) =>
    renderRunPage(context, repo, findRun(context, repo, params.run));
  show('/actions/runs/:run', showRun);
  show('/actions/runs/:run/job/:job', showRun);
  get(
    '/:owner/:repo/actions/runs/:run/job/:job/log.txt',
    async (request, response) => {
      const { owner, repo: name, run: runId, job } = request.params;
      const found = findRun(context, context.getRepository(owner, name), runId);
      if (!found.jobs.some(({ id }) => String(id) === job))
        throw createNotFound();
      response
        .type('text/plain')
        .send(await context.runs.readLog(found.id, Number(job)));
    },
  );
  get('/:owner/:repo/raw/*', (request, response) =>
    sendRaw(context, request, response),
  );
  get('/:owner/:repo/legacy.tar.gz/*', async (request, response) => {
    const { owner, repo: name } = request.params;
    const repo = context.getRepository(owner, name);
    const git = context.openRepository(repo);
    const sha = await git.resolve(getRest(request.params));
    if (!sha) throw createNotFound();
    const folder = `${repo.owner}-${repo.name}-${sha.slice(0, 7)}`;
    response
      .type('application/x-gzip')
      .attachment(`${folder}.tar.gz`)
      .send(await git.archive(sha, folder));
  });

  router.use(buttons(context, sendError));
  router.use((_, response) => sendError(response, createNotFound()));
  return router;
};

/** @throws GitHubError 401 for an unknown token */
const mayRead = (
  context: Context,
  { headers }: Request,
  repo: Repository,
): boolean => {
  if (context.token === undefined) return true;
  const actor = authenticate(context, headers.authorization);
  return (
    !repo.isPrivate || (actor !== undefined && canSee(context, actor, repo))
  );
};

const getRest = (params: Request['params']): string => params[0];

/** A file as it is. Unlike pages, those of private repositories want a token, as the REST API does. */
const sendRaw = async (
  context: Context,
  request: Request,
  response: Response,
) => {
  const { owner, repo: name } = request.params;
  const repo = context.getRepository(owner, name);
  const isRawHost = request.path.startsWith('/raw/');
  const actor = authenticate(context, request.headers.authorization);
  if (isRawHost && repo.isPrivate && !actor) throw createNotFound();
  const { sha, path } = await splitRef(context, repo, getRest(request.params));
  const entry = await context.openRepository(repo).findEntry(sha, path);
  if (entry?.type !== 'blob') throw createNotFound();
  const content = await context.openRepository(repo).readBlob(entry.sha);
  const isText = !content.subarray(0, 8000).includes(0);
  response
    .type(isText ? 'text/plain; charset=utf-8' : 'application/octet-stream')
    .send(content);
};

const sendError = (response: Response, error: unknown) => {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const known = error instanceof GitHubError ? error : undefined;
  if (!known)
    process.stderr.write(`Local GitHub: ${(error as Error)?.stack ?? error}\n`);
  // The browser asks for user name and password.
  if (known?.status === 401)
    response.setHeader('WWW-Authenticate', 'Basic realm="Local GitHub"');
  const message = known?.message ?? 'Something went wrong.';
  response
    .status(known?.status ?? 500)
    .type('html')
    .send(
      renderPage({
        title: message,
        content: html`<h2 class="title">${message}</h2>
          <p><a href="/">All repositories</a></p>`,
      }),
    );
};

const AVATAR =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="12" r="12" fill="#d1d9e0"/><circle cx="12" cy="9" r="4" fill="#59636e"/><path d="M4 21a8 8 0 0 1 16 0z" fill="#59636e"/></svg>';
