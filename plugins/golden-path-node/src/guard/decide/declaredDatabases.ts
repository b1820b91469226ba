import type { RequestKey } from '@goldenpath/plugin-golden-path-common';
import type { CatalogDatabase } from '../../infraRepo/decide/readCatalog';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';

/**
 * What is wrong, and where; the line counts from 1.
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
 * The databases of an infra repo, as its files declare them at one point of its history.
 *
 * @public
 */
export interface DeclaredDatabases {
  catalogPath: string;
  catalog: CatalogDatabase[];
  tfvars: TfvarsDatabase[];
  /** What can't be read. */
  problems: Finding[];
}

export const idOf = ({ environment, databaseName }: RequestKey) =>
  `${environment}/${databaseName}`;
export const keyOfTfvars = ({
  environment,
  entry,
}: TfvarsDatabase): RequestKey => ({
  environment,
  databaseName: entry.databaseName,
});
export const named = ({ environment, databaseName }: RequestKey) =>
  `database ${JSON.stringify(databaseName)} of ${environment}`;

/** A value, for people. */
export const show = (value: unknown) =>
  value === undefined ? 'nothing' : JSON.stringify(value);

/** The fields that differ. */
export const differencesBetween = (
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): Array<{ name: string; before: unknown; after: unknown }> =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map(name => ({ name, before: before[name], after: after[name] }))
    .filter(pair => JSON.stringify(pair.before) !== JSON.stringify(pair.after));
