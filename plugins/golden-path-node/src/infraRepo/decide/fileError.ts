import { InputError } from '@backstage/errors';

/** A problem in a file, with its position: line and column count from 1. */
export interface PlacedProblem {
  path: string;
  line: number;
  column: number;
  /** The problem and the next step. */
  reason: string;
}

/** The problems of a file, as data and as the message: `path:line:column: reason`, one per line. */
export class FileError extends InputError {
  constructor(readonly problems: readonly PlacedProblem[]) {
    super(
      problems
        .map(
          ({ path, line, column, reason }) =>
            `${path}:${line}:${column}: ${reason}`,
        )
        .join('\n'),
    );
  }
}
