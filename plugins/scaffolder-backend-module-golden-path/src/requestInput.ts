import { InputError } from '@backstage/errors';
import {
  DatabaseRequest,
  parseRequest,
  Problem,
  requestId,
} from '@goldenpath/plugin-golden-path-common';
import { GoldenPathConfig } from './config';

/** `request` as an action's input. Its shape is left open: the rules run in {@link parseRequestInput}. */
export const REQUEST_INPUT =
  'The request as goldenpath:request:validate gave it out: ${{ steps.validate.output.request }}';

/**
 * Reads the request that an action was given by the contract itself, because the scaffolder checks shapes only.
 * @throws InputError listing every broken rule
 */
export const parseRequestInput = (
  input: unknown,
  config: Pick<GoldenPathConfig, 'environments' | 'domains' | 'masterUsername'>,
): DatabaseRequest => {
  const result = parseRequest(input, config);
  if ('problems' in result) {
    throw new InputError(problemList('The request', result.problems));
  }
  return result.request;
};

/** All problems in one message, a line each. */
export const problemList = (what: string, problems: Problem[]) =>
  problems.length === 1
    ? problems[0].message
    : `${what} has ${problems.length} problems:\n${problems
        .map(problem => `- ${problem.message}`)
        .join('\n')}`;

/** Where the request's app goes. */
export const appRepo = (
  request: { component_id: string },
  config: Pick<GoldenPathConfig, 'app' | 'infraRepo'>,
) => ({
  host: config.infraRepo.host,
  owner: config.app.owner,
  repo: request.component_id,
});

/** What a claim of the request is found by. */
export const claimKey = (
  request: DatabaseRequest,
  config: Pick<GoldenPathConfig, 'app' | 'infraRepo'>,
  taskId: string,
) => {
  const { host, owner, repo } = appRepo(request, config);
  return {
    requestId: requestId(request),
    repo: `${host}/${owner}/${repo}`.toLocaleLowerCase('en'),
    taskId,
  };
};
