import { DEFAULT_CONNECTION_LIMIT } from '@goldenpath/plugin-golden-path-common';
import { HclItem, HclObject } from './hcl';
import {
  hasBlankLineBetween,
  readIndent,
  isFirstOnLine,
  detectLineEnding,
  findLineStart,
  pickNeighbours,
  findNextLineStart,
  includeComments,
  TextEdit,
} from './text';

/** Inserts the entry before the first greater key, in the style of its neighbours. */
export const planInsertion = (
  text: string,
  object: HclObject,
  entry: { databaseName: string; username: string },
): TextEdit[] => {
  const { items } = object;
  if (items.length === 0) return insertIntoEmpty(text, object, entry);
  const greater = items.findIndex(({ key }) => key > entry.databaseName);
  const at = greater === -1 ? items.length : greater;
  const style = {
    hasCommas: items.some(({ hasComma }) => hasComma),
    isSpaced: hasBlankLineBetween(
      text,
      ...pickNeighbours(items, at).map(({ start, end }) => [start, end]),
    ),
  };
  return at === 0
    ? insertBeforeFirst(text, items[0], entry, style)
    : insertAfter(text, items[at - 1], items[at], entry, style);
};

/** How neighbouring entries are separated. */
interface Style {
  hasCommas: boolean;
  isSpaced: boolean;
}

const insertIntoEmpty = (
  text: string,
  { start, end }: HclObject,
  entry: { databaseName: string; username: string },
): TextEdit[] => {
  const eol = detectLineEnding(text, start);
  const outer = readIndent(text, start);
  const inside = text.slice(start + 1, end - 1);
  const lines = printEntryLines(entry, `${outer}  `, '  ', eol);
  if (inside.trim() === '' && !inside.includes('\n')) {
    return [
      { start: start + 1, end: end - 1, text: `${eol}${lines}${eol}${outer}` },
    ];
  }
  const brace = end - 1;
  if (isFirstOnLine(text, brace)) {
    const lineOfBrace = brace - readIndent(text, brace).length;
    return [{ start: lineOfBrace, end: lineOfBrace, text: `${lines}${eol}` }];
  }
  return [{ start: brace, end: brace, text: `${eol}${lines}${eol}${outer}` }];
};

const COMMENT_LINE = /^[ \t]*(#|\/\/)/;

const insertBeforeFirst = (
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
        text: `${printOneLine(entry)}, `,
      },
    ];
  }
  const eol = detectLineEnding(text, first.start);
  const start = includeComments(text, first.start, COMMENT_LINE);
  const isBeside = !isSpaced && start === findLineStart(text, first.start);
  const lines = printLikeNeighbour(text, first, entry, eol, isBeside);
  return [
    {
      start,
      end: start,
      text: `${lines}${hasCommas ? ',' : ''}${eol}${isSpaced ? eol : ''}`,
    },
  ];
};

/** What may follow an entry on its last line: a comma and a comment. */
const REST_OF_LINE =
  /^[ \t]*,?[ \t]*(?:(?:#|\/\/)[^\n]*|\/\*(?:(?!\*\/)[^\n])*\*\/[ \t]*)?\r?$/;

const insertAfter = (
  text: string,
  previous: HclItem,
  next: HclItem | undefined,
  entry: { databaseName: string; username: string },
  { hasCommas, isSpaced }: Style,
): TextEdit[] => {
  const lineEnd = findNextLineStart(text, previous.end);
  const rest = text.slice(previous.end, lineEnd).replace(/\n$/, '');
  if (!isFirstOnLine(text, previous.start) || !REST_OF_LINE.test(rest)) {
    return [
      {
        start: previous.end,
        end: previous.end,
        text: `, ${printOneLine(entry)}`,
      },
    ];
  }
  const eol = detectLineEnding(text, previous.end);
  const lines = printLikeNeighbour(text, previous, entry, eol, !isSpaced);
  const isLastWithoutComma = !next && !previous.hasComma;
  const comma = hasCommas && !isLastWithoutComma ? ',' : '';
  const edits = [
    {
      start: lineEnd,
      end: lineEnd,
      text: `${isSpaced ? eol : ''}${lines}${comma}${eol}`,
    },
  ];
  // The entry that was last requires a comma now, like the others.
  if (hasCommas && !previous.hasComma)
    edits.push({ start: previous.end, end: previous.end, text: ',' });
  return edits;
};

const isOnOneLine = (text: string, item: HclItem) =>
  !text.slice(item.start, item.end).includes('\n');

/** @param isBeside - whether no blank line or comment is between both */
const printLikeNeighbour = (
  text: string,
  neighbour: HclItem,
  entry: { databaseName: string; username: string },
  eol: string,
  isBeside: boolean,
): string => {
  const indent = readIndent(text, neighbour.start);
  if (isOnOneLine(text, neighbour)) {
    // `terraform fmt` aligns the equals signs of consecutive one-liners. A longer key would move all of them; an entry
    // of several lines moves none.
    const width = neighbour.separator - neighbour.start - 1;
    if (isBeside && printKey(entry.databaseName).length > width)
      return printEntryLines(entry, indent, '  ', eol);
    return `${indent}${printOneLine(entry, isBeside ? width : 0)}`;
  }
  const [attribute] =
    neighbour.value.kind === 'object' ? neighbour.value.object.items : [];
  const inner =
    attribute && isFirstOnLine(text, attribute.start)
      ? readIndent(text, attribute.start)
      : '';
  const step = inner.startsWith(indent) ? inner.slice(indent.length) : '';
  return printEntryLines(entry, indent, step || '  ', eol);
};

/** Keywords, which must be quoted as keys. */
const KEYWORDS = ['for', 'null', 'true', 'false'];
const printKey = (databaseName: string) =>
  KEYWORDS.includes(databaseName) ? `"${databaseName}"` : databaseName;

const printEntryLines = (
  { databaseName, username }: { databaseName: string; username: string },
  indent: string,
  step: string,
  eol: string,
): string =>
  [
    `${indent}${printKey(databaseName)} = {`,
    `${indent}${step}database_name    = "${databaseName}"`,
    `${indent}${step}username         = "${username}"`,
    `${indent}${step}connection_limit = ${DEFAULT_CONNECTION_LIMIT}`,
    `${indent}}`,
  ].join(eol);

const printOneLine = (
  { databaseName, username }: { databaseName: string; username: string },
  keyWidth = 0,
): string =>
  `${printKey(databaseName).padEnd(
    keyWidth,
  )} = { database_name = "${databaseName}", username = "${username}", connection_limit = ${DEFAULT_CONNECTION_LIMIT} }`;
