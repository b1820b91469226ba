import { HclItem, HclObject } from './hcl';
import {
  hasBlankLineBetween,
  indentAt,
  isFirstOnLine,
  lineEndingAt,
  lineStart,
  neighbours,
  nextLineStart,
  startWithComments,
  TextEdit,
} from './text';

/** The entry goes before the first one whose key is greater, in the manner of its neighbours. */
export const insertionOf = (
  text: string,
  object: HclObject,
  entry: { databaseName: string; username: string },
): TextEdit[] => {
  const { items } = object;
  if (items.length === 0) return intoEmpty(text, object, entry);
  const greater = items.findIndex(({ key }) => key > entry.databaseName);
  const at = greater === -1 ? items.length : greater;
  const style = {
    hasCommas: items.some(({ hasComma }) => hasComma),
    isSpaced: hasBlankLineBetween(
      text,
      ...neighbours(items, at).map(({ start, end }) => [start, end]),
    ),
  };
  return at === 0
    ? beforeFirst(text, items[0], entry, style)
    : after(text, items[at - 1], items[at], entry, style);
};

/** How the entries around are told apart. */
interface Style {
  hasCommas: boolean;
  isSpaced: boolean;
}

const intoEmpty = (
  text: string,
  { start, end }: HclObject,
  entry: { databaseName: string; username: string },
): TextEdit[] => {
  const eol = lineEndingAt(text, start);
  const outer = indentAt(text, start);
  const inside = text.slice(start + 1, end - 1);
  const lines = entryLines(entry, `${outer}  `, '  ', eol);
  if (inside.trim() === '' && !inside.includes('\n')) {
    return [
      { start: start + 1, end: end - 1, text: `${eol}${lines}${eol}${outer}` },
    ];
  }
  const brace = end - 1;
  if (isFirstOnLine(text, brace)) {
    const lineOfBrace = brace - indentAt(text, brace).length;
    return [{ start: lineOfBrace, end: lineOfBrace, text: `${lines}${eol}` }];
  }
  return [{ start: brace, end: brace, text: `${eol}${lines}${eol}${outer}` }];
};

const COMMENT_LINE = /^[ \t]*(#|\/\/)/;

const beforeFirst = (
  text: string,
  first: HclItem,
  entry: { databaseName: string; username: string },
  { hasCommas, isSpaced }: Style,
): TextEdit[] => {
  if (!isFirstOnLine(text, first.start)) {
    return [
      {
        start: first.start,
        end: first.start,
        text: `${oneLine(entry)}, `,
      },
    ];
  }
  const eol = lineEndingAt(text, first.start);
  const start = startWithComments(text, first.start, COMMENT_LINE);
  const isBeside = !isSpaced && start === lineStart(text, first.start);
  const lines = likeNeighbour(text, first, entry, eol, isBeside);
  return [
    {
      start,
      end: start,
      text: `${lines}${hasCommas ? ',' : ''}${eol}${isSpaced ? eol : ''}`,
    },
  ];
};

/** What may stand behind an entry on its last line: a comma and a comment. */
const REST_OF_LINE =
  /^[ \t]*,?[ \t]*(?:(?:#|\/\/)[^\n]*|\/\*(?:(?!\*\/)[^\n])*\*\/[ \t]*)?\r?$/;

const after = (
  text: string,
  previous: HclItem,
  next: HclItem | undefined,
  entry: { databaseName: string; username: string },
  { hasCommas, isSpaced }: Style,
): TextEdit[] => {
  const lineEnd = nextLineStart(text, previous.end);
  const rest = text.slice(previous.end, lineEnd).replace(/\n$/, '');
  if (!isFirstOnLine(text, previous.start) || !REST_OF_LINE.test(rest)) {
    return [
      {
        start: previous.end,
        end: previous.end,
        text: `, ${oneLine(entry)}`,
      },
    ];
  }
  const eol = lineEndingAt(text, previous.end);
  const lines = likeNeighbour(text, previous, entry, eol, !isSpaced);
  const isLastWithoutComma = !next && !previous.hasComma;
  const comma = hasCommas && !isLastWithoutComma ? ',' : '';
  const edits = [
    {
      start: lineEnd,
      end: lineEnd,
      text: `${isSpaced ? eol : ''}${lines}${comma}${eol}`,
    },
  ];
  // Commas between all the others: the one that was last needs one now.
  if (hasCommas && !previous.hasComma)
    edits.push({ start: previous.end, end: previous.end, text: ',' });
  return edits;
};

const isOnOneLine = (text: string, item: HclItem) =>
  !text.slice(item.start, item.end).includes('\n');

/** @param isBeside - whether no blank line or comment stands between both */
const likeNeighbour = (
  text: string,
  neighbour: HclItem,
  entry: { databaseName: string; username: string },
  eol: string,
  isBeside: boolean,
): string => {
  const indent = indentAt(text, neighbour.start);
  if (isOnOneLine(text, neighbour)) {
    // In a column of one-liners `terraform fmt` lines up the equals signs. A longer key would move all the others', and
    // an entry of several lines moves none.
    const width = neighbour.separator - neighbour.start - 1;
    if (isBeside && keyOf(entry.databaseName).length > width)
      return entryLines(entry, indent, '  ', eol);
    return `${indent}${oneLine(entry, isBeside ? width : 0)}`;
  }
  const [attribute] =
    neighbour.value.kind === 'object' ? neighbour.value.object.items : [];
  const inner =
    attribute && isFirstOnLine(text, attribute.start)
      ? indentAt(text, attribute.start)
      : '';
  const step = inner.startsWith(indent) ? inner.slice(indent.length) : '';
  return entryLines(entry, indent, step || '  ', eol);
};

/** Words that mean something else where a key stands. */
const KEYWORDS = ['for', 'null', 'true', 'false'];
const keyOf = (databaseName: string) =>
  KEYWORDS.includes(databaseName) ? `"${databaseName}"` : databaseName;

const entryLines = (
  { databaseName, username }: { databaseName: string; username: string },
  indent: string,
  step: string,
  eol: string,
): string =>
  [
    `${indent}${keyOf(databaseName)} = {`,
    `${indent}${step}database_name = "${databaseName}"`,
    `${indent}${step}username      = "${username}"`,
    `${indent}}`,
  ].join(eol);

const oneLine = (
  { databaseName, username }: { databaseName: string; username: string },
  keyWidth = 0,
): string =>
  `${keyOf(databaseName).padEnd(
    keyWidth,
  )} = { database_name = "${databaseName}", username = "${username}" }`;
