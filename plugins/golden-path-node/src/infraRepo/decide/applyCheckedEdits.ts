import { isDeepStrictEqual } from 'node:util';
import { CatalogFile, openCatalog } from './catalogFile';
import { parseYamlStrictly } from './parseYamlStrictly';
import { applyEdits, createFileError, TextEdit } from './text';
import { startOf } from './yamlMap';

/**
 * Applies the edits. They may remove no comment, and, as the parsers read the result, change only the intended value.
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
  const isIntended =
    isDeepStrictEqual(
      readOrUndefined(() => parseYamlStrictly(edited, path)),
      expect(before),
    ) &&
    (!mayDiffer(edited, edits) ||
      isDeepStrictEqual(
        readOrUndefined(() => openCatalog(edited, path).value),
        expect(value),
      ));
  if (!isIntended) throw refuse('other changes');
  return edited;
};

/**
 * Whether yaml may reject what js-yaml accepts: a comment behind a tab, or beside what is removed. yaml takes a second for
 * 5,000 databases, so it isn't asked otherwise.
 */
const mayDiffer = (edited: string, edits: TextEdit[]): boolean =>
  /^ *\t/m.test(edited) || edits.some(({ text }) => text === '');

const readOrUndefined = (read: () => unknown): unknown => {
  try {
    return read();
  } catch {
    return undefined;
  }
};
