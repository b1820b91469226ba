import { InputError } from '@backstage/errors';
import { FileError } from './fileError';

/** A file of the infra repo: its path from the root, with `/`, and what it says. */
export interface TextFile {
  path: string;
  text: string;
}

/** Replaces what stands from `start` to `end` (offsets in UTF-16 code units, as JavaScript counts). */
export interface TextEdit {
  start: number;
  end: number;
  text: string;
}

/** The text with the edits made; every other character stays. The edits must not overlap. */
export const applyEdits = (text: string, edits: TextEdit[]): string =>
  [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce(
      (edited, edit) =>
        edited.slice(0, edit.start) + edit.text + edited.slice(edit.end),
      text,
    );

/** The line ending in use at the offset: that of its line, else the file's first one, else `\n`. */
export const lineEndingAt = (text: string, offset: number): string => {
  const isCrlf = (newline: number) => text[newline - 1] === '\r';
  const here = text.indexOf('\n', offset);
  const newline = here === -1 ? text.indexOf('\n') : here;
  return newline > 0 && isCrlf(newline) ? '\r\n' : '\n';
};

/** The offset at which the line begins. */
export const lineStart = (text: string, offset: number): number =>
  text.lastIndexOf('\n', offset - 1) + 1;

/** The offset behind the line's ending; the text's length on a last line without one. */
export const nextLineStart = (text: string, offset: number): number => {
  const newline = text.indexOf('\n', offset);
  return newline === -1 ? text.length : newline + 1;
};

/** The blanks that the line begins with. */
export const indentAt = (text: string, offset: number): string =>
  /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset))![0];

/** Whether nothing but blanks stands before the offset on its line. */
export const isFirstOnLine = (text: string, offset: number): boolean =>
  /^[ \t]*$/.test(text.slice(lineStart(text, offset), offset));

/** Counts lines for offsets that only grow, in one pass; from 1. */
export const lineCounter = (text: string) => {
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

/** Where the offset is: line and column, counted from 1. */
const lineAndColumn = (
  text: string,
  offset: number,
  lineOf = lineCounter(text),
) => ({
  line: lineOf(offset),
  column: offset - lineStart(text, offset) + 1,
});

/** `path:line:column`, counted from 1. */
export const place = (path: string, text: string, offset: number): string => {
  const { line, column } = lineAndColumn(text, offset);
  return `${path}:${line}:${column}`;
};

/**
 * The start of the comment lines that stand right above the offset's line and so belong to what begins there. A blank
 * line ends them.
 */
export const startWithComments = (
  text: string,
  offset: number,
  isComment: RegExp,
): number => {
  let start = lineStart(text, offset);
  while (start > 0) {
    const above = lineStart(text, start - 1);
    if (!isComment.test(text.slice(above, start))) break;
    start = above;
  }
  return start;
};

/** The two items between or beside which a new one goes, in order; fewer where there are fewer. */
export const neighbours = <T>(items: T[], at: number): T[] => {
  const from = Math.min(Math.max(at - 1, 0), Math.max(items.length - 2, 0));
  return items.slice(from, from + 2);
};

/** Whether a blank line stands between two stretches of text, each `[start, end]`. */
export const hasBlankLineBetween = (
  text: string,
  first?: number[],
  second?: number[],
): boolean =>
  first !== undefined &&
  second !== undefined &&
  /\n[ \t]*\r?\n/.test(text.slice(Math.max(first[1] - 1, 0), second[0]));

/** The error for a file that can't be read or edited safely. `reason` says what is wrong and what to do. */
export const refusal = (
  path: string,
  text: string,
  offset: number,
  reason: string,
): FileError => refusalOfAll(path, text, [{ offset, reason }]);

/** Something that is wrong with a file, and where. */
export interface FileProblem {
  offset: number;
  /** What is wrong and what to do. */
  reason: string;
}

/** The error for all that is wrong with a file, a line each, in the order of the file. */
export const refusalOfAll = (
  path: string,
  text: string,
  problems: readonly FileProblem[],
): FileError => {
  const lineOf = lineCounter(text);
  return new FileError(
    [...problems]
      .sort((a, b) => a.offset - b.offset)
      .map(({ offset, reason }) => ({
        path,
        ...lineAndColumn(text, offset, lineOf),
        reason,
      })),
  );
};

/** The differences between what is there and what is asked, both shown. */
export const showDifferences = (
  there: Record<string, unknown>,
  asked: Record<string, unknown>,
): string[] =>
  Object.keys(asked)
    .filter(name => there[name] !== asked[name])
    .map(
      name =>
        `${name} is ${JSON.stringify(there[name])} there and ${JSON.stringify(
          asked[name],
        )} in the request`,
    );

/**
 * A file's bytes as text from which the same bytes can be made again, a byte order mark included.
 * @throws InputError where they are not UTF-8
 */
export const decodeUtf8 = (bytes: Uint8Array, path: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      bytes,
    );
  } catch (error) {
    throw new InputError(
      `${path}: this is not UTF-8; save it as UTF-8 first.`,
      error as Error,
    );
  }
};
