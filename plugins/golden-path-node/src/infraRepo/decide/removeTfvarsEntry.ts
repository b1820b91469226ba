import { isDeepStrictEqual } from 'node:util';
import type { RequestKey } from '@goldenpath/plugin-golden-path-common';
import { parseHclValues } from './hcl';
import { readDatabases, TFVARS_ATTRIBUTE, TfvarsEntry } from './readTfvars';
import { Range } from './removeLines';
import { removeListItem } from './removeListItem';
import { applyEdits, createFileError } from './text';

/**
 * Removes the entry of a database, whatever its key, and changes nothing else. Returns the same text when there is none.
 * Comments on the entry's own lines, from its key to the last line of its value, go with it; all others stay.
 * @returns the text, and the removed entry
 * @throws InputError `path:line:column: reason` when the file can't be read or edited safely, or is for another environment
 */
export const removeTfvarsEntry = async (
  text: string,
  path: string,
  { environment, databaseName }: RequestKey,
): Promise<{ text: string; removed?: TfvarsEntry }> => {
  const { object, entries, values } = await readDatabases(
    text,
    path,
    environment,
  );
  const at = entries.findIndex(entry => entry.databaseName === databaseName);
  if (at === -1) return { text };
  const removed = entries[at];
  const edits = removeListItem(
    text,
    {
      range: [object.start, object.end],
      items: object.items.map(({ start, end }): Range => [start, end]),
      gap: HCL_GAP,
    },
    at,
  );
  const edited = applyEdits(text, edits);
  const { [removed.key]: gone, ...others } = values[TFVARS_ATTRIBUTE] as Record<
    string,
    unknown
  >;
  const expected = { ...values, [TFVARS_ATTRIBUTE]: others };
  if (!isDeepStrictEqual(await parseOrUndefined(edited, path), expected)) {
    throw createFileError(
      path,
      text,
      object.items[at].start,
      `"${databaseName}" can't be removed here without other changes; remove it by hand.`,
    );
  }
  return { text: edited, removed };
};

const HCL_GAP = /[ \t\r\n]|(?:#|\/\/)[^\n]*|\/\*[^]*?\*\//;

const parseOrUndefined = (
  text: string,
  path: string,
): Promise<Record<string, unknown> | undefined> =>
  parseHclValues(text, path).catch(() => undefined);
