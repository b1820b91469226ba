import type { PostgresVersion } from '@goldenpath/local-postgres';
import type { TfvarsEntry } from '../../../infraRepo/decide/readTfvars';
import type { ProvisionOptions } from '../../act/run';
import type { environmentOn, Instance } from '../instance';
import type { Statement } from '../runStatement';

/** Names that belong to one row of the table, at one place of the matrix. */
export interface CaseNames {
  /** The app's database, role and password. */
  database: string;
  role: string;
  password: string;
  /** Who provisions. */
  master: string;
  /** Another role; the row creates it. */
  other(name: string): string;
}

/** What one run must tell. */
export interface Expected {
  exit: 0 | 1 | 2;
  /** All of them must be in its words. */
  words?: RegExp[];
  /** None of them may be. */
  never?: RegExp[];
}

/** One row: an input from the field, and what each kind of run must tell about it. */
export interface FieldCase {
  /** The row of the list of cases that it belongs to. */
  row: number;
  /** Where it was seen; `kind`: another member of the same kind. */
  source: string;
  input: string;
  since?: PostgresVersion;
  runAs?: 'master' | 'superuser';
  /** What the entry declares besides its names. */
  declared?: Partial<TfvarsEntry>;
  /** Whether nothing is provisioned before. */
  isNew?: boolean;
  /** Whether a run may also refuse and name `--concurrency`, with which it works. */
  mayNameConcurrency?: boolean;
  /** Sessions of the app that stay open during the runs. */
  sessions?: number;
  options?: ProvisionOptions;
  arrange(names: CaseNames): Statement[];
  /** What has no place in SQL. */
  before?(names: CaseNames, at: CasePlace): Promise<void>;
  check?: Expected;
  strict?: Expected;
  dryRun?: Expected;
  apply?: Expected;
  /** Statements after the runs; the instance is shared. */
  undo?(names: CaseNames): Statement[];
  /** Whether the statements that are told lead to a clean check. Default: true. */
  settles?: boolean;
  /** Must hold at the end. */
  finally?(names: CaseNames, at: CasePlace): Promise<void>;
}

export interface CasePlace {
  instance: Instance;
  env: ReturnType<typeof environmentOn>;
}

const OF_POSTGRES = 'postgres';

/** Statements of the superuser in database `postgres`. */
export const sql = (...statements: string[]): Statement[] =>
  statements.map(text => ({ sql: text, database: OF_POSTGRES }));

/** Statements of a role in a database. */
export const sqlOf = (
  as: string | undefined,
  database: string,
  ...statements: string[]
): Statement[] => statements.map(text => ({ sql: text, as, database }));
