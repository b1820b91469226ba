import type { DatabaseSummary } from '@goldenpath/plugin-golden-path-common';
import {
  LIST_STATUSES,
  type ListState,
  type ListStatus,
  type SortColumn,
} from './listState';

/** A database with what filtering and sorting read, computed once. */
export interface DatabaseRow {
  /** The request id. */
  id: string;
  database: DatabaseSummary;
  status: ListStatus;
  /** Lower-case text that a search is looked up in. */
  haystack: string;
}

export const toRow = (database: DatabaseSummary): DatabaseRow => ({
  id: database.requestId,
  database,
  status: database.undeclared
    ? 'undeclared'
    : database.problem ?? database.step,
  haystack: [
    database.requestId,
    database.databaseName,
    database.component,
    database.ownerRef,
  ]
    .join('\n')
    .toLowerCase(),
});

/** The rows that every filter allows, in the same order. Reads each row once. */
export const filterRows = (
  rows: readonly DatabaseRow[],
  filters: Pick<ListState, 'text' | 'environment' | 'owner' | 'status'>,
): DatabaseRow[] => {
  const words = filters.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(
    ({ database, status, haystack }) =>
      (!filters.environment || database.environment === filters.environment) &&
      (!filters.owner || database.ownerRef === filters.owner) &&
      (!filters.status || status === filters.status) &&
      words.every(word => haystack.includes(word)),
  );
};

const SORT_KEYS: Record<SortColumn, (row: DatabaseRow) => string> = {
  database: ({ database }) => database.databaseName,
  environment: ({ database }) => database.environment,
  component: ({ database }) => database.component,
  owner: ({ database }) => database.ownerRef,
  // Two digits, in the order of the filter: problems first.
  status: ({ status }) => String(LIST_STATUSES.indexOf(status)).padStart(2),
  at: ({ database }) => database.at ?? '',
};

/** Sorted by one column, and by request id where that is equal. Names are ASCII, so code units order them. */
export const sortRows = (
  rows: readonly DatabaseRow[],
  { column, direction }: ListState['sort'],
): DatabaseRow[] => {
  const key = SORT_KEYS[column];
  const sign = direction === 'ascending' ? 1 : -1;
  return rows
    .map(row => ({ row, value: key(row) }))
    .sort(
      (a, b) => sign * compare(a.value, b.value) || compare(a.row.id, b.row.id),
    )
    .map(({ row }) => row);
};

const compare = (a: string, b: string): number => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

/** The values that the filters offer: those that occur. */
export const filterChoices = (rows: readonly DatabaseRow[]) => ({
  environments: distinct(rows.map(({ database }) => database.environment)),
  owners: distinct(rows.map(({ database }) => database.ownerRef)),
});

const distinct = (values: string[]): string[] =>
  [...new Set(values)].sort(compare);

/** What has to happen before the next step, as the key of its text. */
export const nextOf = ({ step, problem, undeclared }: DatabaseSummary) => {
  if (undeclared) return 'undeclared';
  if (problem) return problem;
  return step === 'provisioned' || step === 'rotated' ? 'ready' : step;
};
