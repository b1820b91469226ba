import { findNextLineStart, TextEdit } from './text';

/** Finds the end of the comment lines that belong to the entry: those indented deeper. */
export const findAttachedEnd = (
  text: string,
  offset: number,
  indent: string,
): number => {
  let end = offset;
  while (end < text.length) {
    const line = text.slice(end, findNextLineStart(text, end));
    const blanks = /^( *)#/.exec(line)?.[1];
    if (blanks === undefined || blanks.length <= indent.length) break;
    end += line.length;
  }
  return end;
};

/** Inserts whole lines at an offset between two lines, or at the end of the file. */
export const insertLines = (
  text: string,
  offset: number,
  lines: string[],
  eol: string,
): TextEdit => {
  const block = lines.join(eol);
  const isOnNewLine = offset === 0 || text[offset - 1] === '\n';
  return {
    start: offset,
    end: offset,
    // A file without a final line ending stays without one.
    text: isOnNewLine ? `${block}${eol}` : `${eol}${block}`,
  };
};

/** Inserts into a line. A comment requires a blank before it. */
export const insertInLine = (
  text: string,
  offset: number,
  added: string,
): TextEdit => ({
  start: offset,
  end: offset,
  text: text[offset] === '#' ? `${added} ` : added,
});
