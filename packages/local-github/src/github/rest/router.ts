import express, { NextFunction, Request, Response, Router } from 'express';
import { assertInReach, assertNotArchived, assertPermitted } from '../access';
import { authenticate } from '../auth';
import { Conformance } from '../conformance';
import { Context } from '../context';
import { GitHubError } from '../errors';
import { Repository } from '../state/model';
import { Answer, Call, Handler, Operations } from './call';
import { describeInvalidRequest } from './invalidRequest';
import { findRequestProblems } from './openapi';
import { compareSpecificity } from './specificity';

const API_VERSIONS = ['2022-11-28', '2026-03-10'];
const DOCUMENTATION = 'https://docs.github.com/rest';
/** These hold slashes: names of branches and paths of files. */
const MULTI_SEGMENT = ['ref', 'path', 'branch', 'basehead'];

/** What an app may call with its own JSON web token. */
const APP_ITSELF = [
  'GET /app/installations',
  'GET /repos/{owner}/{repo}/installation',
  'POST /app/installations/{installation_id}/access_tokens',
];

/** Needs a permission, although it is on no repository. */
const OF_TEAMS = / \/orgs\/\{org\}\/teams\//;

interface Route {
  name: string;
  method: string;
  pattern: RegExp;
  keys: string[];
  handler: Handler;
}

/** The REST API: finds the operation, the caller and the repository, checks the body, and words every answer as GitHub does. */
export const createRestApi = (
  context: Context,
  operations: Operations,
  conformance?: Conformance,
): Router => {
  const router = Router();
  const routes = Object.entries(operations)
    .map(([name, handler]) => toRoute(name, handler))
    .sort((a, b) => compareSpecificity(a.name, b.name));
  router.use(readJson);
  router.use((request, response) => {
    // GitHub compares entity tags whatever the client says of caches, as fetch does beside If-None-Match.
    delete request.headers['cache-control'];
    response.setHeader('X-GitHub-Media-Type', 'github.v3; format=json');
    void answer(request, response);
  });
  return router;

  async function answer(request: Request, response: Response) {
    const route = findRoute(routes, request);
    let reply: Answer;
    try {
      reply = await perform(context, route, request);
    } catch (error) {
      reply = answerError(error, request);
    }
    conformance?.record(route?.name, request, reply);
    send(response, reply);
  }
};

const perform = async (
  context: Context,
  route: (Route & { params: Record<string, string> }) | undefined,
  request: Request,
): Promise<Answer> => {
  const version = request.headers['x-github-api-version'];
  if (version !== undefined && !API_VERSIONS.includes(String(version))) {
    throw new GitHubError(
      400,
      `${version} is not a supported version. Supported: ${API_VERSIONS.join(
        ', ',
      )}.`,
    );
  }
  const actor = authenticate(context, request.headers.authorization);
  if (!actor) throw new GitHubError(401, 'Requires authentication');
  if (!route) throw new GitHubError(404, 'Not Found');
  if (actor.isApp && !APP_ITSELF.includes(route.name))
    throw new GitHubError(403, 'Resource not accessible by integration');
  const { owner, repo: name } = route.params;
  const repo =
    owner !== undefined && name !== undefined
      ? context.getRepository(owner, name)
      : undefined;
  const isWrite = route.method !== 'GET';
  if (repo) {
    assertInReach(context, actor, repo, isWrite);
    const ofPull = isPull(repo, route.params);
    assertPermitted(context, actor, repo, route.name, ofPull);
    if (isWrite) assertNotArchived(repo, route.name);
  } else if (OF_TEAMS.test(route.name))
    assertPermitted(context, actor, undefined, route.name);
  const problems = isWrite ? findRequestProblems(route.name, request.body) : [];
  if (problems.length > 0)
    throw new GitHubError(422, describeInvalidRequest(problems));

  const call = new Call(context, actor, route.params, request, repo);
  if (!isWrite) return route.handler(call);
  const write = async () => {
    // Another write may have deleted it meanwhile.
    if (repo) context.getRepository(repo.owner, repo.name);
    const reply = await route.handler(call);
    await context.file.save();
    return reply;
  };
  return repo ? context.runExclusively<Answer>(repo, write) : write();
};

/** Undefined where the operation is on no issue, or on none that there is. */
const isPull = (
  repo: Repository,
  { issue_number: number }: Record<string, string>,
): boolean | undefined => {
  const issue = repo.issues.find(known => String(known.number) === number);
  return issue && issue.pull !== undefined;
};

const answerError = (error: unknown, request: Request): Answer => {
  if (error instanceof GitHubError) {
    return {
      status: error.status,
      body: {
        message: error.message,
        ...(error.errors && { errors: error.errors }),
        documentation_url: DOCUMENTATION,
        status: String(error.status),
      },
    };
  }
  process.stderr.write(
    `Local GitHub: ${request.method} ${request.originalUrl}: ${
      (error as Error).stack ?? error
    }\n`,
  );
  return {
    status: 500,
    body: {
      message: 'Server Error',
      documentation_url: DOCUMENTATION,
      status: '500',
    },
  };
};

const send = (response: Response, reply: Answer) => {
  response.status(reply.status);
  for (const [name, value] of Object.entries(reply.headers ?? {}))
    response.setHeader(name, value);
  if (reply.body === undefined) response.end();
  else if (reply.type) response.type(reply.type).send(reply.body);
  else response.json(reply.body);
};

const json = express.json({ limit: '64mb', type: () => true, strict: false });
const readJson = (request: Request, response: Response, next: NextFunction) =>
  json(request, response, error => {
    if (!error) return next();
    return send(
      response,
      answerError(new GitHubError(400, 'Problems parsing JSON'), request),
    );
  });

const toRoute = (name: string, handler: Handler): Route => {
  const [method, template] = name.split(' ');
  const keys: string[] = [];
  const source = template
    .split('/')
    .map(segment => {
      const key = /^\{(.+)\}$/.exec(segment)?.[1];
      if (key === undefined) return escape(segment);
      keys.push(key);
      return MULTI_SEGMENT.includes(key) ? '(.+?)' : '([^/]+)';
    })
    .join('/')
    // The root of a repository's files has an empty path.
    .replace(/\/contents\/\(\.\+\?\)$/, '/contents(?:/(.*?))?');
  return { name, method, keys, handler, pattern: new RegExp(`^${source}/?$`) };
};

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const findRoute = (routes: Route[], request: Request) => {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  for (const route of routes) {
    const match = route.method === method && route.pattern.exec(request.path);
    if (!match) continue;
    try {
      const params = Object.fromEntries(
        route.keys.map((key, index) => [
          key,
          decodeURIComponent(match[index + 1] ?? ''),
        ]),
      );
      return { ...route, params };
    } catch {
      return undefined;
    }
  }
  return undefined;
};
