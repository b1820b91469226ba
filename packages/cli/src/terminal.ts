import type { ExitCode } from './errors';

/** The process as a command sees it. */
export interface Terminal {
  env: Readonly<Record<string, string | undefined>>;
  now(): Date;
  /** Writes a line to stdout: the result of the command. */
  out(line: string): void;
  /** Writes a line to stderr: progress and notes. */
  err(line: string): void;
  /** stderr, if it is an interactive terminal and not the log of a CI system. */
  watched?: NodeJS.WriteStream;
  /** Width of stdout in columns, if it is a terminal. */
  columns?: number;
  /** Sets the exit code for a command that ends without an error; 0 by default. */
  endWith(code: ExitCode): void;
}

/** `YYYY-MM-DD`, in UTC. */
export const today = (terminal: Terminal) =>
  terminal.now().toISOString().slice(0, 10);
