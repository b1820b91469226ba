import { InputError } from '@backstage/errors';
import { findAttributeStart, parseHclValues } from './hcl';
import { FileError } from './fileError';
import { createFileError, TextFile } from './text';

/** A value of a Terraform variable, and the file that sets it. */
export interface VariableSource extends TextFile {
  /** Where it is set, in UTF-16 code units. */
  offset: number;
  value: unknown;
}

/**
 * Parses a file that sets variables, in HCL or JSON.
 * @throws InputError `path:line:column: reason` when it is invalid
 */
export const parseVariableFile = async ({
  path,
  text,
}: TextFile): Promise<Record<string, unknown>> =>
  isJson(path) ? parseJsonObject(path, text) : parseHclValues(text, path);

/** Finds where a variable is set in such a file. */
export const findVariableStart = async (
  { path, text }: TextFile,
  name: string,
): Promise<number> =>
  isJson(path)
    ? Math.max(text.indexOf(JSON.stringify(name)), 0)
    : findAttributeStart(text, name);

/** What a `variable` block says: a type is text. */
export type VariableArgument = 'default' | 'nullable' | 'type';

/**
 * Finds an argument of a variable's block in a configuration file; undefined when the file gives none.
 * @throws InputError `path:line:column: reason` when the file is invalid
 */
export const findVariableArgument = async (
  { path, text }: TextFile,
  name: string,
  argument: VariableArgument,
): Promise<VariableSource | undefined> => {
  // Other files need not be parsed. An escape could be a part of the name.
  if (!text.includes(name) && !/\\[uU]/.test(text)) return undefined;
  const { variable } = isJson(path)
    ? parseJsonObject(path, text)
    : await parseHclValues(text, path);
  const blocks = listObjects(variable).flatMap(found =>
    Object.hasOwn(found, name) ? listObjects(found[name]) : [],
  );
  const block = blocks.find(found => Object.hasOwn(found, argument));
  if (!block) return undefined;
  const offset = Math.max(text.indexOf(`"${name}"`), 0);
  return { path, text, offset, value: block[argument] };
};

const isJson = (path: string) => path.endsWith('.json');

/** A block, or several, as JSON has them. */
const listObjects = (value: unknown): Array<Record<string, unknown>> =>
  [value]
    .flat()
    .filter(
      (found): found is Record<string, unknown> =>
        typeof found === 'object' && found !== null,
    );

const parseJsonObject = (
  path: string,
  text: string,
): Record<string, unknown> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // Its message has a part of the file, which may be confidential.
    throw Object.assign(refuseJson(path, text), { cause: error });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw refuseJson(path, text);
};

const refuseJson = (path: string, text: string): FileError | InputError =>
  createFileError(
    path,
    text,
    0,
    'this is not a JSON object, and Terraform rejects it; correct or remove the file.',
  );
