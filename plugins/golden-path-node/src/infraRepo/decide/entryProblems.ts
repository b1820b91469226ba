import { fieldProblems } from '@goldenpath/plugin-golden-path-common';
import type { TfvarsEntry } from './readTfvars';

/** Finds invalid names, two entries for one database or role, and the master's own name. One problem per line. */
export const entryProblems = (
  entries: readonly TfvarsEntry[],
  masterUsername?: string,
): string[] => [
  ...entries.flatMap(entry => [
    ...(['databaseName', 'username'] as const).flatMap(field =>
      fieldProblems(field, entry[field]).map(
        problem =>
          `${entry.key}: ${problem} Got ${JSON.stringify(entry[field])}.`,
      ),
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
