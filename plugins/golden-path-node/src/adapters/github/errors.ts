import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';

/**
 * The typed error for an answer of GitHub. Its message names the call, with its parameters filled in, and what GitHub said.
 */
export const typedError = (
  error: unknown,
  call: string,
  parameters: Record<string, unknown> = {},
): Error => {
  const { status, response, message, name } = error as {
    status?: number;
    response?: { data?: { message?: string } };
    message?: string;
    name?: string;
  };
  const what = call.replace(/\{([^}]+)\}/g, (whole, key) =>
    String(parameters[key] ?? whole),
  );
  const said = response?.data?.message ?? message ?? String(error);
  const cause = error as Error;
  if (name === 'AbortError' || name === 'TimeoutError' || !response) {
    return new ServiceUnavailableError(
      `GitHub did not answer ${what}: ${said}`,
      cause,
    );
  }
  const text = `GitHub answered ${what} with ${status}: ${said}`;
  switch (status) {
    case 401:
    case 403:
    case 429:
      return new NotAllowedError(
        `${text}. Check the credentials in integrations.github, and the rate limit.`,
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

/** Octokit's status of a typed error; undefined where GitHub gave no answer. */
export const statusOf = (error: unknown): number | undefined => {
  const cause = (error as { cause?: { status?: number; response?: unknown } })
    .cause;
  return cause?.response ? cause.status : undefined;
};
