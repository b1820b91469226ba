import { CustomErrorBase } from '@backstage/errors';

/**
 * A rate limit of GitHub rejected a call, which was not executed.
 *
 * @public
 */
export class RateLimitError extends CustomErrorBase {
  name = 'RateLimitError' as const;
  /** Milliseconds to wait before the next call. */
  readonly waitMs: number;

  constructor(message: string, waitMs: number, cause?: Error) {
    super(message, cause);
    this.waitMs = waitMs;
  }
}

/**
 * Says whether the same call to GitHub may succeed later without a person: GitHub gave no usable answer, or a rate limit
 * rejected it. Every other error ends the work.
 *
 * @returns undefined to stop; `afterMs` is how long GitHub asks to wait, undefined when it doesn't say
 *
 * @public
 */
export const findRetry = (
  error: unknown,
): { afterMs: number | undefined } | undefined => {
  const { name, waitMs } = error as { name?: string; waitMs?: number };
  if (name === 'RateLimitError') return { afterMs: waitMs };
  return name === 'ServiceUnavailableError'
    ? { afterMs: undefined }
    : undefined;
};
