import { isDeepStrictEqual } from 'node:util';
import type { CatalogFile } from './catalogFile';
import { strictYamlValue } from './strictYaml';
import { applyEdits, refusal, TextEdit } from './text';
import { startOf } from './yamlMap';

/** The text with the edits, which another reader takes for what they are to mean and nothing else. */
export const checkedEdit = (
  { text, path, databases }: CatalogFile,
  edits: TextEdit[],
  expectedOf: (before: Record<string, unknown>) => unknown,
  what: string,
): string => {
  const before = strictYamlValue(text, path) as Record<string, unknown>;
  const edited = applyEdits(text, edits);
  if (!isDeepStrictEqual(valueOrNothing(edited, path), expectedOf(before))) {
    throw refusal(
      path,
      text,
      startOf(databases),
      `${what} can't be written here without changing something else; do it by hand.`,
    );
  }
  return edited;
};

const valueOrNothing = (text: string, path: string): unknown => {
  try {
    return strictYamlValue(text, path);
  } catch {
    return undefined;
  }
};
