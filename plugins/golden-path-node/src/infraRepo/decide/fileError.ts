import { InputError } from '@backstage/errors';

/** Something that is wrong with a file, and where: line and column count from 1. */
export interface PlacedProblem {
  path: string;
  line: number;
  column: number;
  /** What is wrong and what to do. */
  reason: string;
}

/** Says what is wrong with a file as `path:line:column: reason`, a line each, and has it as data. */
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
