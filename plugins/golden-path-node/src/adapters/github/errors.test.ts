import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toCredentialsError, toTypedError } from './errors';
import { findRetry } from '../../errors/findRetry';

const CREDENTIALS =
  'the credentials of integrations.github for "github.example.com"';
const words = { what: 'POST /repos/acme/app/x', credential: CREDENTIALS };

/** As octokit throws it. */
const answer = (
  status: number,
  message: string | undefined,
  headers: Record<string, string> = {},
) =>
  Object.assign(
    new Error(`${message ?? '<html>'} - https://docs.github.com/rest/x`),
    {
      name: 'HttpError',
      status,
      response: {
        headers,
        data: message === undefined ? '<html>' : { message },
      },
    },
  );

describe('errors of GitHub', () => {
  const rows: Array<{
    error: Error;
    name: string;
    says: string | RegExp;
    retry?: { afterMs: number | undefined };
    reason: string;
  }> = [
    {
      error: answer(401, 'Bad credentials'),
      name: 'AuthenticationError',
      says: `GitHub answered POST /repos/acme/app/x with 401 "Bad credentials": ${CREDENTIALS} are expired, revoked or wrong. Renew them, then try again.`,
      reason: 'expired or revoked credentials',
    },
    {
      error: answer(403, 'Resource not accessible by integration', {
        'x-accepted-github-permissions': 'actions=write',
      }),
      name: 'NotAllowedError',
      says: `GitHub answered POST /repos/acme/app/x with 403 "Resource not accessible by integration": ${CREDENTIALS} lack a permission. Grant "actions=write", then try again.`,
      reason: 'a missing permission that GitHub names',
    },
    {
      error: answer(403, 'Must have admin rights to Repository.', {
        'x-ratelimit-remaining': '4999',
      }),
      name: 'NotAllowedError',
      says: `GitHub answered POST /repos/acme/app/x with 403 "Must have admin rights to Repository.": ${CREDENTIALS} lack a permission. Grant it, then try again.`,
      reason: 'a missing permission',
    },
    {
      error: answer(
        403,
        'Resource protected by organization SAML enforcement.',
        {
          'x-github-sso': 'required; url=https://github.com/x',
        },
      ),
      name: 'NotAllowedError',
      says: /the organization requires single sign-on\. Authorize .* for it, then try again\.$/,
      reason: 'single sign-on',
    },
    {
      error: answer(403, 'Repository was archived so is read-only.'),
      name: 'NotAllowedError',
      says: /: the repository is archived, so it is read-only\. Unarchive it in its settings, then try again\.$/,
      reason: 'an archived repository',
    },
    {
      error: answer(403, 'This installation has been suspended'),
      name: 'NotAllowedError',
      says: /: the installation of the GitHub App is suspended\. Unsuspend it in the organization's settings \(GitHub Apps\), then try again\.$/,
      reason: 'a suspended installation',
    },
    {
      error: answer(403, 'API rate limit exceeded for user ID 1.', {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': '1795478460',
        date: 'Tue, 24 Nov 2026 00:00:00 GMT',
      }),
      name: 'RateLimitError',
      says: /^GitHub's primary rate limit rejects POST \/repos\/acme\/app\/x until \S+Z\. Try again then\.$/,
      retry: { afterMs: 61_000 },
      reason: 'the primary rate limit',
    },
    {
      error: answer(403, 'You have exceeded a secondary rate limit.', {
        'x-ratelimit-remaining': '4000',
      }),
      name: 'RateLimitError',
      says: /^GitHub's secondary rate limit rejects/,
      retry: { afterMs: 60_000 },
      reason: 'a secondary rate limit without retry-after',
    },
    {
      error: answer(403, 'Whatever', { 'retry-after': '17' }),
      name: 'RateLimitError',
      says: /secondary/,
      retry: { afterMs: 17_000 },
      reason: 'a secondary rate limit by its header',
    },
    {
      error: answer(429, undefined),
      name: 'RateLimitError',
      says: /secondary/,
      retry: { afterMs: 60_000 },
      reason: '429 without anything else',
    },
    {
      error: answer(404, 'Not Found'),
      name: 'NotFoundError',
      says: `GitHub answered POST /repos/acme/app/x with 404 "Not Found": it does not exist, or ${CREDENTIALS} don't reach it. Check its name, and what they have access to.`,
      reason: '404',
    },
    {
      error: answer(422, 'Validation Failed'),
      name: 'InputError',
      says: 'GitHub answered POST /repos/acme/app/x with 422 "Validation Failed"',
      reason: '422 keeps the words of GitHub',
    },
    {
      error: answer(502, undefined),
      name: 'ServiceUnavailableError',
      says: 'GitHub answered POST /repos/acme/app/x with 502',
      retry: { afterMs: undefined },
      reason: "a gateway's page is left out",
    },
    {
      error: Object.assign(new Error('read ECONNRESET'), {
        name: 'HttpError',
        status: 500,
      }),
      name: 'ServiceUnavailableError',
      says: 'GitHub did not answer POST /repos/acme/app/x (read ECONNRESET)',
      retry: { afterMs: undefined },
      reason: 'a broken connection',
    },
  ];
  it.each(rows)('$reason', ({ error, name, says, retry }) => {
    const typed = toTypedError(error, words);
    expect(typed.name).toBe(name);
    if (typeof says === 'string') expect(typed.message).toBe(says);
    else expect(typed.message).toMatch(says);
    expect(typed.cause).toBe(error);
    expect(findRetry(typed)).toEqual(retry);
    const kinds = [/\bpermission\b/, /rate limit/, /expired, revoked/];
    expect(
      kinds.filter(kind => kind.test(typed.message)).length,
    ).toBeLessThanOrEqual(1);
  });

  /** Where we read a text, it is the text of the program that is installed here. */
  it.each([
    {
      file: '@backstage/integration/dist/github/SingleInstanceGithubCredentialsProvider.cjs.js',
      text: 'new Error(`The GitHub application for ${owner} is suspended`)',
    },
    {
      file: '@octokit/plugin-throttling/dist-node/index.js',
      text: '/\\bsecondary rate\\b/i.test(error.message)',
    },
  ])('$file has the words that we read', ({ file, text }) => {
    expect(
      readFileSync(
        join(__dirname, '../../../../../node_modules', file),
        'utf8',
      ),
    ).toContain(text);
  });

  it('says why there is no token of an App', () => {
    const of = (error: Error) =>
      (
        toCredentialsError(error, {
          ...words,
          what: "the request for an App's token for acme/app",
        }) as Error
      ).message;
    expect(
      of(new Error('The GitHub application for acme is suspended')),
    ).toMatch(
      /^GitHub refuses the request for an App's token for acme\/app: the installation of the GitHub App is suspended\. Unsuspend/,
    );
    expect(of(answer(401, 'Integration not found'))).toMatch(
      /with 401 "Integration not found": .*are expired, revoked or wrong/,
    );
    expect(of(new Error('No app installation found'))).toBe(
      'No app installation found',
    );
  });
});
