import { isDeepStrictEqual } from 'node:util';
import { CatalogFile, openCatalog } from './catalogFile';
import { parseYamlStrictly } from './parseYamlStrictly';
import { applyEdits, createFileError, TextEdit } from './text';
import { startOf } from './yamlMap';

/**
 * Applies the edits. They may remove no comment, and, as both parsers read the result, change only the intended value.
 * @param own - start and end of the lines whose comments may go
 */
export const applyCheckedEdits = (
  { text, path, databases, value }: CatalogFile,
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
  // Each parser rejects some comments behind tabs or at the start of a line that the other one accepts.
  const isIntended =
    isDeepStrictEqual(
      readOrUndefined(() => parseYamlStrictly(edited, path)),
      expect(before),
    ) &&
    isDeepStrictEqual(
      readOrUndefined(() => openCatalog(edited, path).value),
      expect(value),
    );
  if (!isIntended) throw refuse('other changes');
  return edited;
};

const readOrUndefined = (read: () => unknown): unknown => {
  try {
    return read();
  } catch {
    return undefined;
  }
};
