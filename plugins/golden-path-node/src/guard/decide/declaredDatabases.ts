import type { RequestKey } from '@goldenpath/plugin-golden-path-common';
import type { CatalogDatabase } from '../../infraRepo/decide/readCatalog';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';

/**
 * A problem with its path and line; lines start at 1.
 *
 * @public
 */
export interface Finding {
  path: string;
  line: number;
  message: string;
}

/**
 * One entry of a terraform.tfvars.
 *
 * @public
 */
export interface TfvarsDatabase {
  environment: string;
  path: string;
  entry: TfvarsEntry;
}

/**
 * The databases that the files of an infra repo declare at one commit.
 *
 * @public
 */
export interface DeclaredDatabases {
  catalogPath: string;
  catalog: CatalogDatabase[];
  tfvars: TfvarsDatabase[];
  /** Files that can't be read. */
  problems: Finding[];
}

export const idOf = ({ environment, databaseName }: RequestKey) =>
  `${environment}/${databaseName}`;
export const getTfvarsKey = ({
  environment,
  entry,
}: TfvarsDatabase): RequestKey => ({
  environment,
  databaseName: entry.databaseName,
});
export const named = ({ environment, databaseName }: RequestKey) =>
  `database ${JSON.stringify(databaseName)} of ${environment}`;

/** Formats a value for a message. */
export const show = (value: unknown) =>
  value === undefined ? 'nothing' : JSON.stringify(value);

/** Lists the fields with different values. */
export const differencesBetween = (
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): Array<{ name: string; before: unknown; after: unknown }> =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map(name => ({ name, before: before[name], after: after[name] }))
    .filter(pair => JSON.stringify(pair.before) !== JSON.stringify(pair.after));
