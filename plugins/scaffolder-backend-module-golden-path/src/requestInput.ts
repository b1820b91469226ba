import { InputError } from '@backstage/errors';
import {
  appRequestId,
  AppRequest,
  DatabaseRequest,
  isDatabaseRequest,
  parseApp,
  parseRequest,
  Problem,
  requestId,
} from '@goldenpath/plugin-golden-path-common';
import { GoldenPathConfig } from './config';

const REQUEST_VALUE = '${{ steps.validate.output.request }}';

/** Describes the input `request`. It is required, and {@link assertGiven} says so: the scaffolder would in the words of JSON Schema. Its schema is open: {@link parseRequestInput} validates it. */
export const REQUEST_INPUT = `The request, as returned by goldenpath:request:validate: ${REQUEST_VALUE} (required)`;

/** Describes the input `request` of the steps that an app without a database has, too. */
export const APP_INPUT = `The request, as returned by goldenpath:request:validate or goldenpath:app:validate: ${REQUEST_VALUE} (required)`;

/** Describes the input `token`, from the task's secrets: it is never stored or logged. */
export const TOKEN_INPUT =
  "The user's own GitHub token: ${{ secrets.USER_OAUTH_TOKEN }}. Required when scaffolder.requireScmUserCredentials is on";

/** @throws InputError if a required input is left out, or an expression of the template gave nothing */
export const assertGiven = (
  name: string,
  input: unknown,
  example: string,
): void => {
  if (input === undefined || input === null || input === '')
    throw new InputError(
      `${name} is required: give the step the input ${name}, such as ${example}.`,
    );
};

/**
 * Validates an action's request by the contract; the scaffolder checks types only.
 * @throws InputError listing every broken rule
 */
export const parseRequestInput = (
  input: unknown,
  config: Pick<GoldenPathConfig, 'environments' | 'domains' | 'masterUsername'>,
): DatabaseRequest => {
  assertGiven('request', input, REQUEST_VALUE);
  return returnValid(parseRequest(input, config));
};

/**
 * The same for the steps of an app: its request has a database, or none.
 * @throws InputError listing every broken rule
 */
export const parseAppInput = (
  input: unknown,
  config: Pick<GoldenPathConfig, 'environments' | 'domains' | 'masterUsername'>,
): AppRequest => {
  assertGiven('request', input, REQUEST_VALUE);
  const hasDatabase =
    typeof input === 'object' && input !== null && isDatabaseRequest(input);
  return hasDatabase
    ? parseRequestInput(input, config)
    : returnValid(parseApp(input, config));
};

const returnValid = <Request>(
  result: { request: Request } | { problems: Problem[] },
): Request => {
  if ('problems' in result)
    throw new InputError(formatProblems('The request', result.problems));
  return result.request;
};

/** Formats all problems in one message, one per line. */
export const formatProblems = (what: string, problems: Problem[]) =>
  problems.length === 1
    ? problems[0].message
    : `${what} has ${problems.length} problems:\n${problems
        .map(problem => `- ${problem.message}`)
        .join('\n')}`;

/** The repository of the request's app. */
export const appRepo = (
  request: { component_id: string },
  config: Pick<GoldenPathConfig, 'app' | 'infraRepo'>,
) => ({
  host: config.infraRepo.host,
  owner: config.app.owner,
  repo: request.component_id,
});

/**
 * The key of the request's claim. A request for an existing app has nothing to do with the repository, so it holds none:
 * no repository's name has a "#".
 */
export const claimKey = (
  request: AppRequest,
  config: Pick<GoldenPathConfig, 'app' | 'infraRepo'>,
  taskId: string,
) => {
  const { host, owner, repo } = appRepo(request, config);
  const page = `${host}/${owner}/${repo}`.toLocaleLowerCase('en');
  const isForDatabase = isDatabaseRequest(request);
  const id = isForDatabase ? requestId(request) : appRequestId(request);
  return {
    requestId: id,
    repo: isForDatabase && request.existingApp ? `${page}#${id}` : page,
    taskId,
    request,
  };
};
