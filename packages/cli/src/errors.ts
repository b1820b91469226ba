import { loadNode } from './node';

/** Exit codes of the process. 64 is EX_USAGE of sysexits.h. */
export const EXIT = { done: 0, failed: 1, drift: 2, usage: 64 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The command line is invalid: a value breaks the contract, or an option or a variable is missing. */
export class UsageError extends Error {
  readonly name = 'UsageError';
}

/** The prefix of every error message. */
export const PREFIX = 'goldenpath-rds: ';

/** Errors that the user can fix. They are printed as one message, without a stack. */
const EXPECTED = [
  'InputError',
  'ConflictError',
  'NotFoundError',
  'NotAllowedError',
  'AuthenticationError',
  'NotImplementedError',
  'ServiceUnavailableError',
];

/** The text and the exit code for an error. An unexpected error is our bug and is printed with its stack. */
export const describeError = (
  error: unknown,
): { code: ExitCode; text: string } => {
  const thrown = error instanceof Error ? error : new Error(String(error));
  const { name, message, stack } = thrown;
  if (name === 'UsageError')
    return { code: EXIT.usage, text: PREFIX + message };
  // Only golden-path-node throws these, so it is already loaded.
  if (EXPECTED.includes(name))
    return {
      code: EXIT.failed,
      text: PREFIX + loadNode().describeReason(thrown),
    };
  return {
    code: EXIT.failed,
    text: `${PREFIX}this is a bug, please report it.\n${stack}`,
  };
};
