import {
  AuthenticationError,
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { describeReason } from '../../errors/describeReason';
import { RateLimitError } from '../../errors/findRetry';
import {
  RateLimit,
  readRateLimit,
  readRejection,
  Rejection,
} from '../../errors/rateLimit';

/** One call of the API, for messages. */
export interface CallInWords {
  /** `GET /repos/acme/app` */
  what: string;
  /** Whose rights it uses, such as `the credentials of integrations.github for "github.com"`. */
  credential: string;
}

/** Fills the parameters into the path of a call. */
export const describeCall = (
  method: string,
  url: string,
  parameters: object = {},
): string => {
  const values = parameters as Record<string, unknown>;
  return `${method} ${url}`.replace(/\{([^}]+)\}/g, (whole, key) =>
    String(values[key] ?? whole),
  );
};

const SUSPENDED =
  "the installation of the GitHub App is suspended. Unsuspend it in the organization's settings (GitHub Apps)";

/** Answers to 403 that name their cause in the message only. */
const FORBIDDEN: ReadonlyArray<{ message: RegExp; says: string }> = [
  {
    message: /\barchived\b/i,
    says: 'the repository is archived, so it is read-only. Unarchive it in its settings',
  },
  {
    message: /\binstallation\b.*\bsuspended\b/i,
    says: SUSPENDED,
  },
];

/**
 * Converts an octokit error to a typed error. The message names the call, GitHub's answer in its own words, the cause and
 * the next step.
 */
export const toTypedError = (error: unknown, words: CallInWords): Error =>
  withoutRepetition(chooseError(error, words));

/** Backstage's errors append octokit's message, which ours include. */
export const withoutRepetition = <E extends Error>(typed: E): E => {
  typed.message = describeReason(typed);
  return typed;
};

const chooseError = (
  error: unknown,
  { what, credential }: CallInWords,
): Error => {
  const cause = error as Error;
  const rejection = readRejection(error);
  if (!rejection)
    return new ServiceUnavailableError(
      `GitHub did not answer ${what} (${cause.message})`,
      cause,
    );
  const { status, message } = rejection;
  const text = `GitHub answered ${what} with ${status}${
    message && ` "${message}"`
  }`;
  switch (status) {
    case 401:
      return new AuthenticationError(
        `${text}: ${credential} are expired, revoked or wrong. Renew them, then try again.`,
        cause,
      );
    case 403:
    case 429: {
      const now = Date.now();
      const limit = readRateLimit(rejection, 0, now);
      return limit
        ? toRateLimitError(error, { what }, limit, now + limit.waitMs)
        : new NotAllowedError(
            `${text}: ${explainForbidden(
              rejection,
              credential,
            )}, then try again.`,
            cause,
          );
    }
    case 404:
      return new NotFoundError(
        `${text}: it does not exist, or ${credential} don't reach it. Check its name, and what they have access to.`,
        cause,
      );
    case 409:
      return new ConflictError(text, cause);
    default:
      return status !== undefined && status < 500
        ? new InputError(text, cause)
        : new ServiceUnavailableError(text, cause);
  }
};

const explainForbidden = (
  { headers, message }: Rejection,
  credential: string,
): string => {
  const known = FORBIDDEN.find(one => one.message.test(message));
  if (known) return known.says;
  if (headers['x-github-sso'])
    return `the organization requires single sign-on. Authorize ${credential} for it`;
  // https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#insufficient-permissions-errors
  const needed = headers['x-accepted-github-permissions'];
  return `${credential} lack a permission. Grant ${
    needed ? `"${needed}"` : 'it'
  }`;
};

/** Explains why Backstage got no token for a GitHub App. */
export const toCredentialsError = (
  error: unknown,
  words: CallInWords,
): unknown => {
  // Backstage reads the installation before it asks for a token, and throws an error of its own.
  if (/\bsuspended\b/.test((error as Error).message ?? ''))
    return new NotAllowedError(
      `GitHub refuses ${words.what}: ${SUSPENDED}, then try again.`,
      error as Error,
    );
  const isOfOctokit = (error as { name?: string }).name === 'HttpError';
  return isOfOctokit ? toTypedError(error, words) : error;
};

/** Explains a rate limit that lasts longer than a call may wait. @param until - milliseconds since 1970 */
export const toRateLimitError = (
  error: unknown,
  { what }: Pick<CallInWords, 'what'>,
  { kind, waitMs }: RateLimit,
  until: number,
): RateLimitError =>
  withoutRepetition(
    new RateLimitError(
      `GitHub's ${kind} rate limit rejects ${what} until ${formatTime(
        until,
      )}. Try again then.`,
      waitMs,
      error as Error | undefined,
    ),
  );

/** ISO 8601 in UTC, whole seconds. */
export const formatTime = (ms: number): string =>
  new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** Reads the HTTP status of a typed error; undefined when GitHub did not answer. */
export const readStatus = (error: unknown): number | undefined => {
  const cause = (error as { cause?: { status?: number; response?: unknown } })
    .cause;
  return cause?.response ? cause.status : undefined;
};

/** Lists the fields that a 422 names as invalid, from a typed error; none of another answer. */
export const readInvalidFields = (error: unknown): string[] => {
  if (readStatus(error) !== 422) return [];
  const { cause } = error as {
    cause: { response: { data?: { errors?: unknown } } };
  };
  const errors = cause.response.data?.errors;
  return Array.isArray(errors)
    ? errors.flatMap((one: { field?: unknown } | string) =>
        typeof one === 'object' && typeof one.field === 'string'
          ? one.field
          : [],
      )
    : [];
};
