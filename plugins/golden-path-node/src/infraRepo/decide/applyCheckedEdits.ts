import { isDeepStrictEqual } from 'node:util';
import type { CatalogFile } from './catalogFile';
import { parseYamlStrictly } from './parseYamlStrictly';
import { applyEdits, createFileError, TextEdit } from './text';
import { startOf } from './yamlMap';

/**
 * Applies the edits. They may remove no comment, and, as a second parser reads the result, change only the intended value.
 * @param own - start and end of the lines whose comments may go
 */
export const applyCheckedEdits = (
  { text, path, databases }: CatalogFile,
  edits: TextEdit[],
  expect: (before: Record<string, unknown>) => unknown,
  what: string,
  own: [start: number, end: number] = [0, 0],
): string => {
  const refuse = (reason: string) =>
    createFileError(
      path,
      text,
      startOf(databases),
      `${what} can't be written here without ${reason}; edit the file by hand.`,
    );
  // No value that an edit replaces contains this character.
  const replaced = edits.flatMap(({ start, end }) => [
    text.slice(start, Math.max(start, Math.min(end, own[0]))),
    text.slice(Math.min(end, Math.max(start, own[1])), end),
  ]);
  if (replaced.some(part => part.includes('#')))
    throw refuse('losing a comment');
  const before = parseYamlStrictly(text, path) as Record<string, unknown>;
  const edited = applyEdits(text, edits);
  if (!isDeepStrictEqual(parseOrUndefined(edited, path), expect(before))) {
    throw refuse('other changes');
  }
  return edited;
};

const parseOrUndefined = (text: string, path: string): unknown => {
  try {
    return parseYamlStrictly(text, path);
  } catch {
    return undefined;
  }
};
