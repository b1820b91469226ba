import { declaredFieldProblems } from '@goldenpath/plugin-golden-path-common';
import type { TfvarsEntry } from './readTfvars';

/** The fields of an entry that name a role or a database. */
export const NAMES = ['databaseName', 'username'] as const;

/** Checks one name of an entry by its rules. One problem per line. */
export const nameProblems = (
  entry: TfvarsEntry,
  field: (typeof NAMES)[number],
  problemsOf: typeof declaredFieldProblems,
): string[] =>
  problemsOf(field, entry[field]).map(
    problem => `${entry.key}: ${problem} Got ${JSON.stringify(entry[field])}.`,
  );

/**
 * Finds names that no declared database may have, two entries for one database or role, and the master's own name. One
 * problem per line.
 */
export const findEntryProblems = (
  entries: readonly TfvarsEntry[],
  masterUsername?: string,
): string[] => [
  ...entries.flatMap(entry => [
    ...NAMES.flatMap(field =>
      nameProblems(entry, field, declaredFieldProblems),
    ),
    ...(entry.username === masterUsername
      ? [
          `${entry.key}: "${entry.username}" is the instance's master; choose another database user.`,
        ]
      : []),
  ]),
  ...sharedBy(entries, entry => entry.databaseName).map(
    ([name, keys]) =>
      `${keys.join(' and ')} both declare the database "${name}"; keep one.`,
  ),
  ...sharedBy(entries, entry => entry.username).map(
    ([name, keys]) =>
      `${keys.join(
        ' and ',
      )} share the database user "${name}"; give each database a user of its own.`,
  ),
];

const sharedBy = (
  entries: readonly TfvarsEntry[],
  nameOf: (entry: TfvarsEntry) => string,
): Array<[string, string[]]> => {
  const keys = new Map<string, string[]>();
  for (const entry of entries) {
    const name = nameOf(entry);
    keys.set(name, [...(keys.get(name) ?? []), entry.key]);
  }
  return [...keys].filter(([, sharing]) => sharing.length > 1);
};
