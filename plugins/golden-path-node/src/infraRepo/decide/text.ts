import { InputError } from '@backstage/errors';
import { FileError } from './fileError';

/**
 * A file of the infra repo: its path from the root, with `/`, and its text.
 *
 * @public
 */
export interface TextFile {
  path: string;
  text: string;
}

/** Replaces the text from `start` to `end` (offsets in UTF-16 code units). */
export interface TextEdit {
  start: number;
  end: number;
  text: string;
}

/** Applies the edits and keeps every other character. Edits must not overlap. */
export const applyEdits = (text: string, edits: TextEdit[]): string =>
  [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce(
      (edited, edit) =>
        edited.slice(0, edit.start) + edit.text + edited.slice(edit.end),
      text,
    );

/** Detects the line ending at the offset: of its line, else the file's first, else `\n`. */
export const detectLineEnding = (text: string, offset: number): string => {
  const isCrlf = (newline: number) => text[newline - 1] === '\r';
  const here = text.indexOf('\n', offset);
  const newline = here === -1 ? text.indexOf('\n') : here;
  return newline > 0 && isCrlf(newline) ? '\r\n' : '\n';
};

/** Finds the start of the line. */
export const findLineStart = (text: string, offset: number): number =>
  text.lastIndexOf('\n', offset - 1) + 1;

/** Finds the start of the next line; the text's length on a last line without line ending. */
export const findNextLineStart = (text: string, offset: number): number => {
  const newline = text.indexOf('\n', offset);
  return newline === -1 ? text.length : newline + 1;
};

/** Reads the indentation of the line. */
export const readIndent = (text: string, offset: number): string =>
  /^[ \t]*/.exec(text.slice(findLineStart(text, offset), offset))![0];

/** Whether only blanks, or a byte order mark, precede the offset on its line. */
export const isFirstOnLine = (text: string, offset: number): boolean =>
  /^\ufeff?[ \t]*$/.test(text.slice(findLineStart(text, offset), offset));

/** Counts lines from 1, for ascending offsets, in one pass. */
export const createLineCounter = (text: string) => {
  let line = 1;
  let at = 0;
  return (offset: number) => {
    for (
      let newline = text.indexOf('\n', at);
      newline !== -1 && newline < offset;
      newline = text.indexOf('\n', at)
    ) {
      line += 1;
      at = newline + 1;
    }
    return line;
  };
};

/** The position of an offset: line and column, counted from 1. */
const locateOffset = (
  text: string,
  offset: number,
  lineOf = createLineCounter(text),
) => ({
  line: lineOf(offset),
  column: offset - findLineStart(text, offset) + 1,
});

/** `path:line:column`, counted from 1. */
export const place = (path: string, text: string, offset: number): string => {
  const { line, column } = locateOffset(text, offset);
  return `${path}:${line}:${column}`;
};

/** Finds the start of the comment lines directly above the offset's line. A blank line ends them. */
export const includeComments = (
  text: string,
  offset: number,
  isComment: RegExp,
): number => {
  let start = findLineStart(text, offset);
  while (start > 0) {
    const above = findLineStart(text, start - 1);
    if (!isComment.test(text.slice(above, start))) break;
    start = above;
  }
  return start;
};

/** Picks the up to two items next to the position of a new one, in order. */
export const pickNeighbours = <T>(items: T[], at: number): T[] => {
  const from = Math.min(Math.max(at - 1, 0), Math.max(items.length - 2, 0));
  return items.slice(from, from + 2);
};

/** Whether a blank line is between two ranges, each `[start, end]`. */
export const hasBlankLineBetween = (
  text: string,
  first?: number[],
  second?: number[],
): boolean =>
  first !== undefined &&
  second !== undefined &&
  /\n[ \t]*\r?\n/.test(text.slice(Math.max(first[1] - 1, 0), second[0]));

/** Creates the error for a file that can't be read or edited safely. `reason`: the problem and the next step. */
export const createFileError = (
  path: string,
  text: string,
  offset: number,
  reason: string,
): FileError => createFileErrors(path, text, [{ offset, reason }]);

/** A problem with a file, and its position. */
export interface FileProblem {
  offset: number;
  /** The problem and the next step. */
  reason: string;
}

/** Creates the error for all problems of a file, one per line, in file order. */
export const createFileErrors = (
  path: string,
  text: string,
  problems: readonly FileProblem[],
): FileError => {
  const lineOf = createLineCounter(text);
  return new FileError(
    [...problems]
      .sort((a, b) => a.offset - b.offset)
      .map(({ offset, reason }) => ({
        path,
        ...locateOffset(text, offset, lineOf),
        reason,
      })),
  );
};

/** Lists the differences between current and requested values. */
export const showDifferences = (
  current: Record<string, unknown>,
  requested: Record<string, unknown>,
): string[] =>
  Object.keys(requested)
    .filter(name => current[name] !== requested[name])
    .map(
      name =>
        `${name} is ${JSON.stringify(current[name])} there and ${JSON.stringify(
          requested[name],
        )} in the request`,
    );

/**
 * Decodes a file's bytes. Encoding the text again returns the same bytes, including a byte order mark.
 * @throws InputError when they are not UTF-8
 */
export const decodeUtf8 = (bytes: Uint8Array, path: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      bytes,
    );
  } catch (error) {
    throw new InputError(
      `${path}: the file is not UTF-8; save it as UTF-8.`,
      error as Error,
    );
  }
};
