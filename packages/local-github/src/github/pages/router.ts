import { Request, Response, Router } from 'express';
import { authenticate } from '../auth';
import { Context } from '../context';
import { GitHubError, notFound } from '../errors';
import { findIssue } from '../issues';
import { isPull } from '../present/pullRequest';
import { Repository } from '../state/model';
import { buttons } from './buttons';
import {
  commitPage,
  commitsPage,
  filePage,
  folderPage,
  splitRef,
} from './code';
import { findPull, findRun } from './find';
import { html } from './html';
import { page, repoPath } from './layout';
import { repositoriesPage } from './lists';
import { issuePage, issuesPage, pullPage } from './pulls';
import { runPage, runsPage } from './runs';
import { STYLE } from './style';

const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** The pages that people see, and the files that the REST API redirects to. Anyone on this machine may read them. */
export const pages = (context: Context): Router => {
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
        .send(await make(context.repository(owner, repo), request));
    });

  get('/style.css', (_, response) => response.type('css').send(STYLE));
  get('/avatars/:id', (_, response) => response.type('svg').send(AVATAR));
  get('/raw/:owner/:repo/*', (request, response) =>
    sendRaw(context, request, response),
  );
  get('/', (_, response) =>
    response.type('html').send(repositoriesPage(context)),
  );
  get('/:owner', (request, response) =>
    response.type('html').send(repositoriesPage(context, request.params.owner)),
  );

  show('', repo => folderPage(context, repo));
  show('/tree/*', (repo, { params }) =>
    folderPage(context, repo, rest(params)),
  );
  show('/blob/*', (repo, { params }) => filePage(context, repo, rest(params)));
  show('/commits/*', (repo, { params }) =>
    commitsPage(context, repo, rest(params)),
  );
  show('/commit/:sha', (repo, { params }) =>
    commitPage(context, repo, params.sha),
  );
  show('/issues', repo => issuesPage(context, repo, 'issues'));
  show('/pulls', repo => issuesPage(context, repo, 'pulls'));
  show('/actions', repo => runsPage(context, repo));
  get('/:owner/:repo/issues/:number', async (request, response) => {
    const { owner, repo: name, number } = request.params;
    const repo = context.repository(owner, name);
    const issue = findIssue(repo, number);
    if (isPull(issue)) response.redirect(repoPath(repo, 'pull', number));
    else response.type('html').send(issuePage(context, repo, issue));
  });
  show('/pull/:number(\\d+)', (repo, { params }) =>
    pullPage(context, repo, findPull(repo, params.number)),
  );
  get('/:owner/:repo/pull/:number(\\d+).diff', async (request, response) => {
    const { owner, repo: name, number } = request.params;
    const repo = context.repository(owner, name);
    const { pull } = findPull(repo, number);
    const git = context.git(repo);
    const base = await git.mergeBase(pull.baseSha, pull.headSha);
    response
      .type('text/plain')
      .send(await git.diff(base ?? pull.baseSha, pull.headSha));
  });
  const showRun = (repo: Repository, { params }: Request) =>
    runPage(context, repo, findRun(context, repo, params.run));
  show('/actions/runs/:run', showRun);
  show('/actions/runs/:run/job/:job', showRun);
  get(
    '/:owner/:repo/actions/runs/:run/job/:job/log.txt',
    async (request, response) => {
      const { owner, repo: name, run: runId, job } = request.params;
      const found = findRun(context, context.repository(owner, name), runId);
      if (!found.jobs.some(({ id }) => String(id) === job)) throw notFound();
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
    const repo = context.repository(owner, name);
    const git = context.git(repo);
    const sha = await git.resolve(rest(request.params));
    if (!sha) throw notFound();
    const folder = `${repo.owner}-${repo.name}-${sha.slice(0, 7)}`;
    response
      .type('application/x-gzip')
      .attachment(`${folder}.tar.gz`)
      .send(await git.archive(sha, folder));
  });

  router.use(buttons(context, sendError));
  router.use((_, response) => sendError(response, notFound()));
  return router;
};

const rest = (params: Request['params']): string => params[0];

/** A file as it is. Unlike pages, those of private repositories want a token, as the REST API does. */
const sendRaw = async (
  context: Context,
  request: Request,
  response: Response,
) => {
  const { owner, repo: name } = request.params;
  const repo = context.repository(owner, name);
  const isRawHost = request.path.startsWith('/raw/');
  const actor = authenticate(context, request.headers.authorization);
  if (isRawHost && repo.isPrivate && !actor) throw notFound();
  const { sha, path } = await splitRef(context, repo, rest(request.params));
  const entry = await context.git(repo).entry(sha, path);
  if (entry?.type !== 'blob') throw notFound();
  const content = await context.git(repo).blob(entry.sha);
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
  const message = known?.message ?? 'Something went wrong.';
  response
    .status(known?.status ?? 500)
    .type('html')
    .send(
      page({
        title: message,
        content: html`<h2 class="title">${message}</h2>
          <p><a href="/">All repositories</a></p>`,
      }),
    );
};

const AVATAR =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="12" r="12" fill="#d1d9e0"/><circle cx="12" cy="9" r="4" fill="#59636e"/><path d="M4 21a8 8 0 0 1 16 0z" fill="#59636e"/></svg>';
