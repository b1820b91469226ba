import { Pair, YAMLMap } from 'yaml';
import {
  hasBlankLineBetween,
  readIndent,
  isFirstOnLine,
  detectLineEnding,
  pickNeighbours,
  findNextLineStart,
  includeComments,
  TextEdit,
} from './text';
import { endOf, keyOf, startOf } from './yamlMap';
import { printBlock, printFlow } from './yamlText';

interface NewPair {
  key: string;
  value: object;
}

/** Inserts a pair into the map of the parent pair, before the first greater key. */
export const insertPair = (
  text: string,
  parent: Pair,
  map: YAMLMap | undefined,
  added: NewPair,
): TextEdit[] => {
  if (!map || map.items.length === 0)
    return insertIntoEmpty(text, parent, added);
  const greater = map.items.findIndex(pair => keyOf(pair) > added.key);
  const at = greater === -1 ? map.items.length : greater;
  if (map.flow) return insertIntoFlow(map, at, added);
  const isSpaced = hasBlankLineBetween(
    text,
    ...pickNeighbours(map.items, at).map(pair => [startOf(pair), endOf(pair)]),
  );
  return at === 0
    ? insertBeforeFirst(text, parent, map.items[0], added, isSpaced)
    : insertAfter(text, parent, map.items[at - 1], added, isSpaced);
};

/** `parent:`, `parent: null` or `parent: {}`: replaces the empty value. */
const insertIntoEmpty = (
  text: string,
  parent: Pair,
  added: NewPair,
): TextEdit[] => {
  const start = startOf(parent);
  const eol = detectLineEnding(text, start);
  const indent = readIndent(text, start);
  const [, keyEnd] = (parent.key as { range: [number, number, number] }).range;
  const node = parent.value as { range?: [number, number, number] } | null;
  const [valueStart, valueEnd] = node?.range ?? [keyEnd, keyEnd];
  const isWritten = valueEnd > valueStart;
  if (!isFirstOnLine(text, start)) {
    // Inside a flow map the pair must be on the same line.
    const flow = `{ ${printFlow(added.key, added.value)} }`;
    return [
      isWritten
        ? { start: valueStart, end: valueEnd, text: flow }
        : { start: valueEnd, end: valueEnd, text: ` ${flow}` },
    ];
  }
  const edits: TextEdit[] = [];
  if (isWritten) {
    const colon = text.lastIndexOf(':', valueStart);
    edits.push({ start: colon + 1, end: valueEnd, text: '' });
  }
  const lineEnd = findAttachedEnd(
    text,
    findNextLineStart(text, isWritten ? valueEnd : keyEnd),
    indent,
  );
  return [
    ...edits,
    insertLines(
      text,
      lineEnd,
      printBlock(added.key, added.value, `${indent}  `, '  '),
      eol,
    ),
  ];
};

const insertIntoFlow = (
  map: YAMLMap,
  at: number,
  added: NewPair,
): TextEdit[] => {
  const flow = printFlow(added.key, added.value);
  if (at === 0) {
    const start = startOf(map.items[0]);
    return [{ start, end: start, text: `${flow}, ` }];
  }
  const end = endOf(map.items[at - 1]);
  return [{ start: end, end, text: `, ${flow}` }];
};

const COMMENT_LINE = /^[ \t]*#/;

const insertBeforeFirst = (
  text: string,
  parent: Pair,
  first: Pair,
  added: NewPair,
  isSpaced: boolean,
): TextEdit[] => {
  const at = includeComments(text, startOf(first), COMMENT_LINE);
  const { indent, step } = readIndents(text, parent, first);
  return [
    insertLines(
      text,
      // Comments above the first entry are below the parent's line, never above it.
      Math.max(at, findNextLineStart(text, startOf(parent))),
      [
        ...printBlock(added.key, added.value, indent, step),
        ...(isSpaced ? [''] : []),
      ],
      detectLineEnding(text, startOf(first)),
    ),
  ];
};

const insertAfter = (
  text: string,
  parent: Pair,
  previous: Pair,
  added: NewPair,
  isSpaced: boolean,
): TextEdit[] => {
  const { indent, step } = readIndents(text, parent, previous);
  const end = endOf(previous);
  const isBehindLine = end > 0 && text[end - 1] === '\n';
  const lineEnd = isBehindLine ? end : findNextLineStart(text, end);
  return [
    insertLines(
      text,
      findAttachedEnd(text, lineEnd, indent),
      [
        ...(isSpaced ? [''] : []),
        ...printBlock(added.key, added.value, indent, step),
      ],
      detectLineEnding(text, startOf(previous)),
    ),
  ];
};

/** Finds the end of the comment lines that belong to the entry: those indented deeper. */
const findAttachedEnd = (
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

const readIndents = (
  text: string,
  parent: Pair,
  sibling: Pair,
): { indent: string; step: string } => {
  const indent = readIndent(text, startOf(sibling));
  const outer = readIndent(text, startOf(parent));
  return { indent, step: indent.slice(outer.length) || '  ' };
};

const insertLines = (
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
