import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';

/**
 * Converts an octokit error to a typed error. The message names the call with its parameters and ends with GitHub's
 * message.
 */
export const toTypedError = (
  error: unknown,
  call: string,
  parameters: Record<string, unknown> = {},
): Error => {
  const { status, response } = error as {
    status?: number;
    response?: unknown;
  };
  const what = call.replace(/\{([^}]+)\}/g, (whole, key) =>
    String(parameters[key] ?? whole),
  );
  const cause = error as Error;
  if (!response) {
    return new ServiceUnavailableError(`GitHub did not answer ${what}`, cause);
  }
  const text = `GitHub answered ${what} with ${status}`;
  switch (status) {
    case 401:
    case 403:
    case 429:
      return new NotAllowedError(
        `${text}; check the credentials in integrations.github, and the rate limit`,
        cause,
      );
    case 404:
      return new NotFoundError(text, cause);
    case 409:
      return new ConflictError(text, cause);
    default:
      return status !== undefined && status < 500
        ? new InputError(text, cause)
        : new ServiceUnavailableError(text, cause);
  }
};

/** Reads the HTTP status of a typed error; undefined when GitHub did not answer. */
export const readStatus = (error: unknown): number | undefined => {
  const cause = (error as { cause?: { status?: number; response?: unknown } })
    .cause;
  return cause?.response ? cause.status : undefined;
};
