import { join } from 'node:path';
import { Request, Response, Router } from 'express';
import { assertInReach, isPermitted } from '../access';
import { authenticate } from '../auth';
import { toPusher } from '../pusher';
import { Actor, Context } from '../context';
import { findPushRefusal } from '../decide/pushRules';
import { GitHubError } from '../errors';
import { compareRefs, readRefs, followRefs } from '../events/refsChanged';
import { Repository } from '../state/model';
import { startChild } from '../../children/startChild';
import { GIT_ENVIRONMENT, runGit } from '../../git/runGit';
import { NO_DELETE, NO_FORCE, REFUSED } from './updateHook';

const PATH =
  /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

/** Operations of the REST API that need the same rights. */
const PUSH = 'POST /repos/{owner}/{repo}/git/refs';
const FETCH = 'GET /repos/{owner}/{repo}/contents/{path}';

/**
 * Git over HTTP, by git's own http-backend, at `/{owner}/{repo}` and `/{owner}/{repo}.git`. What a push has moved is acted
 * upon before its answer ends, so that whoever pushed sees what came of it.
 */
export const createGitRouter = (context: Context, hooks: string): Router => {
  const router = Router();
  router.use((request, response, next) => {
    const [, owner, name, service] = PATH.exec(request.path) ?? [];
    if (!service) return next();
    return serve(context, hooks, request, response, {
      owner: decodeURIComponent(owner),
      name: decodeURIComponent(name),
      service,
    }).catch(error => answerError(error, response));
  });
  return router;
};

const serve = async (
  context: Context,
  hooks: string,
  request: Request,
  response: Response,
  { owner, name, service }: { owner: string; name: string; service: string },
) => {
  const isPush = [service, request.query.service].includes('git-receive-pack');
  const repo = context.findRepository(owner, name);
  const actor = authenticate(context, request.headers.authorization);
  // Whether a repository exists is nobody's business who may not see it.
  if (!actor && (isPush || !repo || repo.isPrivate)) throw createUnauthorised();
  if (!repo) throw new GitHubError(404, 'Repository not found.');
  if (actor) {
    assertInReach(context, actor, repo, isPush);
    if (!isPermitted(context, actor, repo, isPush ? PUSH : FETCH)) {
      throw new GitHubError(
        403,
        isPush
          ? `Permission to ${repo.owner}/${repo.name}.git denied to ${actor.login}.`
          : 'Write access to repository not granted.',
      );
    }
    if (isPush && repo.settings.archived)
      throw new GitHubError(
        403,
        'This repository was archived so it is read-only.',
      );
  }
  const run = () =>
    runBackend(context, hooks, request, response, { repo, service, actor });
  if (service !== 'git-receive-pack' || !actor) {
    await run();
    response.end();
    return;
  }
  await context.runExclusively(repo, async () => {
    const before = await readRefs(context, repo);
    try {
      await run();
    } finally {
      const after = await readRefs(context, repo);
      await followRefs(context, repo, compareRefs(before, after), actor);
    }
  });
  response.end();
};

const createUnauthorised = () =>
  new GitHubError(
    401,
    'Use any user name, and a token of this GitHub as password.',
  );

const answerError = (error: unknown, response: Response) => {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const known = error instanceof GitHubError ? error : undefined;
  if (known?.status === 401)
    response.setHeader('WWW-Authenticate', 'Basic realm="GitHub"');
  response
    .status(known?.status ?? 500)
    .type('text/plain')
    .send(`${known?.message ?? 'Something went wrong'}\n`);
  if (!known) process.stderr.write(`Local GitHub: ${String(error)}\n`);
};

let backend: Promise<string> | undefined;
/** Its path: a fetch calls it three times, and each time git would only look it up. */
const findBackend = async (): Promise<string> => {
  backend ??= runGit('/', ['--exec-path']).then(folder =>
    join(folder.toString().trim(), 'git-http-backend'),
  );
  backend.catch(() => {
    backend = undefined;
  });
  return backend;
};

/** Runs git http-backend (CGI, RFC 3875) and passes its answer on, all but its end. */
const runBackend = async (
  context: Context,
  hooks: string,
  request: Request,
  response: Response,
  call: { repo: Repository; service: string; actor: Actor | undefined },
): Promise<void> => {
  const { repo, service, actor } = call;
  const child = startChild(await findBackend(), [], {
    env: {
      ...process.env,
      ...GIT_ENVIRONMENT,
      GIT_PROJECT_ROOT: context.gitDir(repo),
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.hooksPath',
      GIT_CONFIG_VALUE_0: hooks,
      PATH_INFO: `/${service}`,
      REQUEST_METHOD: request.method,
      QUERY_STRING: new URL(
        request.originalUrl,
        context.urls.server,
      ).search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      REMOTE_ADDR: '127.0.0.1',
      ...(actor && {
        REMOTE_USER: actor.login,
        ...listPushRules(context, repo, actor),
      }),
      ...toVariable('CONTENT_LENGTH', request.headers['content-length']),
      ...toVariable(
        'HTTP_CONTENT_ENCODING',
        request.headers['content-encoding'],
      ),
      ...toVariable('GIT_PROTOCOL', request.headers['git-protocol']),
    },
  });
  let complaints = '';
  child.stderr.on('data', chunk => {
    complaints += chunk;
  });
  request.pipe(child.stdin);
  // A client that goes away in the middle would leave git waiting for the rest.
  request.once('close', () => child.stdin.end());
  // Nobody waits for the rest of a clone any more; a push goes on, its refs may have moved.
  if (service === 'git-upload-pack') response.once('close', () => child.kill());

  await new Promise<void>((resolve, reject) => {
    let head: Buffer | undefined = Buffer.alloc(0);
    child.stdout.on('data', (chunk: Buffer) => {
      if (head === undefined) {
        if (!response.write(chunk) && !response.destroyed)
          pauseUntilDrained(child.stdout, response);
        return;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      writeHead(response, head.subarray(0, end).toString());
      response.write(head.subarray(end + 4));
      head = undefined;
    });
    child.once('error', reject);
    child.once('close', code =>
      code === 0 && head === undefined
        ? resolve()
        : reject(new Error(`git http-backend ended (${code}): ${complaints}`)),
    );
  });
};

const pauseUntilDrained = (
  stream: NodeJS.ReadableStream,
  response: Response,
) => {
  stream.pause();
  const resume = () => stream.resume();
  response.once('drain', resume);
  response.once('close', resume);
};

const writeHead = (response: Response, head: string) => {
  response.status(200);
  for (const line of head.split('\r\n')) {
    const [, name, value] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    if (!name) continue;
    if (name.toLowerCase() === 'status')
      response.status(Number.parseInt(value, 10));
    else response.setHeader(name, value);
  }
};

/** What the update hook is to refuse. */
const listPushRules = (
  context: Context,
  repo: Repository,
  actor: Actor,
): Record<string, string> => {
  const who = toPusher(context, repo, actor);
  const rules = Object.entries(repo.protections).map(
    ([branch, protection]) => ({
      ref: `refs/heads/${branch}`,
      protection,
      refusal: findPushRefusal(protection, who),
    }),
  );
  return {
    [REFUSED]: rules
      .flatMap(({ ref, refusal }) => (refusal ? [`${ref}\t${refusal}`] : []))
      .join('\n'),
    [NO_FORCE]: rules
      .filter(({ protection }) => !protection.allowForcePushes)
      .map(({ ref }) => ref)
      .join('\n'),
    [NO_DELETE]: rules
      .filter(({ protection }) => !protection.allowDeletions)
      .map(({ ref }) => ref)
      .join('\n'),
  };
};

const toVariable = (name: string, value: string | string[] | undefined) =>
  value === undefined ? {} : { [name]: String(value) };
