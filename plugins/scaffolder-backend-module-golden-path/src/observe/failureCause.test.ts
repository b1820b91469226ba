import {
  AuthenticationError,
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { ProvisionFailedError, WorkflowRunFailedError } from '../errors';
import { FAILURE_CAUSES, FailureCause, readFailureCause } from './failureCause';

const answer = (status: number, headers: Record<string, string> = {}) =>
  Object.assign(new Error(`HTTP ${status}`), { status, response: { headers } });

describe('readFailureCause', () => {
  const rows: Array<{ error: unknown; cause: FailureCause; reason: string }> = [
    {
      error: new NotAllowedError('GitHub answered 401', answer(401)),
      cause: 'credentials',
      reason: "GitHub's 401 in a typed error",
    },
    {
      error: answer(401),
      cause: 'credentials',
      reason: "the 401 of octokit in Backstage's own actions",
    },
    {
      error: new AuthenticationError('no token'),
      cause: 'credentials',
      reason: 'Backstage rejects a token',
    },
    {
      error: new NotAllowedError('GitHub answered 403', answer(403)),
      cause: 'permission',
      reason: '403 without a limit',
    },
    {
      error: new NotAllowedError('not a member of the owner'),
      cause: 'permission',
      reason: 'our own check',
    },
    {
      error: new NotAllowedError('', answer(403, { 'retry-after': '60' })),
      cause: 'limit',
      reason: '403 with retry-after',
    },
    {
      error: new Error('', {
        cause: answer(403, {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': '1795478460',
        }),
      }),
      cause: 'limit',
      reason: '403 with no requests left',
    },
    {
      error: answer(403, { 'x-ratelimit-remaining': '4999' }),
      cause: 'permission',
      reason: '403 with requests left',
    },
    {
      error: Object.assign(
        new Error('You have exceeded a secondary rate limit.'),
        { status: 403, response: { headers: {}, data: {} } },
      ),
      cause: 'limit',
      reason:
        "a secondary limit of Backstage's own actions, which only GitHub's message names",
    },
    {
      error: Object.assign(new Error('until 12:00', { cause: answer(403) }), {
        name: 'RateLimitError',
      }),
      cause: 'limit',
      reason: "a secondary limit, which only GitHub's message names",
    },
    { error: answer(429), cause: 'limit', reason: '429' },
    {
      error: new NotFoundError('GitHub answered 404', answer(404)),
      cause: 'not_found',
      reason: '404',
    },
    {
      error: new NotFoundError('no pull request'),
      cause: 'not_found',
      reason: 'our own lookup',
    },
    { error: answer(409), cause: 'conflict', reason: '409' },
    {
      error: new ConflictError('taken'),
      cause: 'conflict',
      reason: 'a claim of another task',
    },
    { error: answer(422), cause: 'input', reason: '422' },
    { error: new InputError('no'), cause: 'input', reason: 'a broken rule' },
    { error: answer(502), cause: 'unavailable', reason: '502' },
    {
      error: new ServiceUnavailableError('GitHub did not answer'),
      cause: 'unavailable',
      reason: 'no answer',
    },
    {
      error: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
      cause: 'unavailable',
      reason: 'PostgreSQL refuses the connection',
    },
    {
      error: new WorkflowRunFailedError('failure', answer(404)),
      cause: 'run_failed',
      reason: 'the run failed, whatever caused it',
    },
    {
      error: new ProvisionFailedError('not as declared'),
      cause: 'run_failed',
      reason: 'the provisioner failed',
    },
    {
      error: Object.assign(new Error('aborted'), { name: 'AbortError' }),
      cause: 'cancelled',
      reason: 'an aborted call',
    },
    { error: new TypeError('bug'), cause: 'other', reason: 'a bug' },
    { error: 'text', cause: 'other', reason: 'not an error' },
    { error: undefined, cause: 'other', reason: 'nothing' },
  ];
  it.each(rows)('$cause: $reason', ({ error, cause }) => {
    expect(readFailureCause(error)).toBe(cause);
  });

  it('has a row for every cause', () => {
    expect([...new Set(rows.map(row => row.cause))].sort()).toEqual(
      [...FAILURE_CAUSES].sort(),
    );
  });

  it('ends at an error that is its own cause', () => {
    const error = new Error('loop') as Error & { cause?: unknown };
    error.cause = error;
    expect(readFailureCause(error)).toBe('other');
  });
});
