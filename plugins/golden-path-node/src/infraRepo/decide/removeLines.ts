import {
  detectLineEnding,
  findLineStart,
  findNextLineStart,
  hasBlankLineBetween,
  TextEdit,
} from './text';

/** Start and end of an entry: offsets of its key and behind its value. */
export type Range = [start: number, end: number];

/**
 * Removes the lines of an entry, and one of two blank lines that would be left side by side: the reverse of an insertion.
 * Comments on other lines stay.
 */
export const removeLines = (
  text: string,
  [from, to]: Range,
  { previous, next }: { previous?: Range; next?: Range },
): TextEdit => {
  let start = findLineStart(text, from);
  const isBehindLine = to > 0 && text[to - 1] === '\n';
  let end = isBehindLine ? to : findNextLineStart(text, to);
  const isSpacedBelow = !next || hasBlankLineBetween(text, [from, to], next);
  if (previous && isSpacedBelow) {
    const above = findLineStart(text, start - 1);
    if (isBlank(text.slice(above, start))) start = above;
  } else if (!previous && next) {
    const below = findNextLineStart(text, end);
    if (isBlank(text.slice(end, below))) end = below;
  }
  // A file without a final line ending stays without one.
  if (end === text.length && !text.endsWith('\n') && start > 0)
    start -= detectLineEnding(text, start - 1).length;
  return { start, end, text: '' };
};

const isBlank = (line: string): boolean => /^[ \t]*\r?\n$/.test(line);
