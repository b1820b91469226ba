import type { ExitCode } from './errors';

/** The process as a command sees it. */
export interface Terminal {
  env: Readonly<Record<string, string | undefined>>;
  now(): Date;
  /** A line on stdout: what was asked for. */
  out(line: string): void;
  /** A line on stderr: what goes on meanwhile. */
  err(line: string): void;
  /** Where somebody watches stderr: a terminal, and none that a CI system records. */
  watched?: NodeJS.WriteStream;
  /** How wide stdout is, where it is a terminal. */
  columns?: number;
  /** What the process ends with when the command is through without an error; 0 unless said. */
  endWith(code: ExitCode): void;
}

/** `YYYY-MM-DD`, in UTC. */
export const today = (terminal: Terminal) =>
  terminal.now().toISOString().slice(0, 10);
