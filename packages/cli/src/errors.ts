import { node } from './node';

/** What the process ends with. 64 is EX_USAGE of sysexits.h. */
export const EXIT = { done: 0, failed: 1, drift: 2, usage: 64 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The command line itself is wrong: a value that breaks the contract, an option that is missing, a setting that is not there. */
export class UsageError extends Error {
  readonly name = 'UsageError';
}

/** What every error that we print begins with. */
export const PREFIX = 'goldenpath-rds: ';

/** Errors that say what is wrong with something that the user can change: one message, no stack. */
const EXPECTED = [
  'InputError',
  'ConflictError',
  'NotFoundError',
  'NotAllowedError',
  'AuthenticationError',
  'NotImplementedError',
  'ServiceUnavailableError',
];

/** What to print for an error, and what to end with. Anything that we didn't expect is our bug and shows its stack. */
export const describeError = (
  error: unknown,
): { code: ExitCode; text: string } => {
  const thrown = error instanceof Error ? error : new Error(String(error));
  const { name, message, stack } = thrown;
  if (name === 'UsageError')
    return { code: EXIT.usage, text: PREFIX + message };
  // Whatever throws one of these has been loaded by now.
  if (EXPECTED.includes(name))
    return { code: EXIT.failed, text: PREFIX + node().reasonOf(thrown) };
  return {
    code: EXIT.failed,
    text: `${PREFIX}this is a bug, please report it.\n${stack}`,
  };
};
