import { isFirstOnLine, findNextLineStart, TextEdit } from './text';
import { Range, removeLines } from './removeLines';

/** An object between brackets, with its entries: a flow map of YAML, or an object of HCL. */
export interface BracketList {
  /** Offset of the opening bracket, and behind the closing one. */
  range: Range;
  items: readonly Range[];
  /** What may stand between two tokens: blanks, line ends and comments. */
  gap: RegExp;
}

/** Removes one entry of a list between brackets, with one comma. */
export const removeListItem = (
  text: string,
  { range: [open, close], items, gap }: BracketList,
  at: number,
): TextEdit[] => {
  const item = items[at];
  const [previous, next] = [items[at - 1], items[at + 1]];
  const ownComma = findComma(text, item[1], gap);
  const [start, end] = item;
  if (!previous && !next) {
    const behind = ownComma === undefined ? end : ownComma + 1;
    const around = text.slice(open + 1, start) + text.slice(behind, close - 1);
    if (around.trim() === '' && isBlankBetween(text, end, ownComma))
      return [remove(open + 1, close - 1)];
  }
  // The entry that is last now has no comma, as the one that was last.
  const comma =
    ownComma ??
    (previous && !next ? findComma(text, previous[1], gap) : undefined);
  const lineEnd = findNextLineStart(text, end);
  if (isFirstOnLine(text, start) && isEndOfLine(text.slice(end, lineEnd), gap))
    return [
      removeLines(text, item, { previous, next }),
      ...(comma !== undefined && (comma < start || comma >= lineEnd)
        ? [remove(comma, comma + 1)]
        : []),
    ];
  if (previous && text[previous[1]] === ',') {
    const between = text.slice(previous[1] + 1, start);
    if (/^[ \t]*$/.test(between)) return [remove(previous[1], end)];
  }
  const token = remove(skipBlanksBefore(text, start), end);
  if (comma === undefined) return [token];
  if (comma < start) return [remove(comma, comma + 1), token];
  if (!isBlankBetween(text, end, comma))
    return [remove(start, end), remove(comma, comma + 1)];
  const blanks = /^[ \t]*/.exec(text.slice(comma + 1))![0].length;
  return [remove(start, comma + 1 + blanks)];
};

const remove = (start: number, end: number): TextEdit => ({
  start,
  end,
  text: '',
});

/** Finds the comma behind an entry; undefined if another token follows. */
const findComma = (
  text: string,
  offset: number,
  gap: RegExp,
): number | undefined => {
  const at = offset + skip(text.slice(offset), gap);
  return text[at] === ',' ? at : undefined;
};

/** Length of blanks, line ends and comments at the beginning of the text. */
const skip = (text: string, gap: RegExp): number =>
  new RegExp(`^(?:${gap.source})*`).exec(text)![0].length;

/** Whether a comma and comments are all that a line has behind its entry. */
const isEndOfLine = (rest: string, gap: RegExp): boolean => {
  const behind = rest.slice(/^(?:[ \t]*,)?/.exec(rest)![0].length);
  return rest.endsWith('\n') && skip(behind, gap) === behind.length;
};

const isBlankBetween = (
  text: string,
  from: number,
  to: number | undefined,
): boolean => to === undefined || text.slice(from, to).trim() === '';

const skipBlanksBefore = (text: string, offset: number): number =>
  offset - /[ \t]*$/.exec(text.slice(0, offset))![0].length;
