import { isDeepStrictEqual } from 'node:util';
import type { CatalogFile } from './catalogFile';
import { parseYamlStrictly } from './parseYamlStrictly';
import { applyEdits, createFileError, TextEdit } from './text';
import { startOf } from './yamlMap';

/** Applies the edits and parses the result again with a second parser: only the intended value may change. */
export const applyCheckedEdits = (
  { text, path, databases }: CatalogFile,
  edits: TextEdit[],
  expect: (before: Record<string, unknown>) => unknown,
  what: string,
): string => {
  const before = parseYamlStrictly(text, path) as Record<string, unknown>;
  const edited = applyEdits(text, edits);
  if (!isDeepStrictEqual(parseOrUndefined(edited, path), expect(before))) {
    throw createFileError(
      path,
      text,
      startOf(databases),
      `${what} can't be written here without other changes; edit the file by hand.`,
    );
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
