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
import { insertIntoEmpty, NewPair } from './insertIntoEmptyYaml';
import { findAttachedEnd, insertInLine, insertLines } from './yamlLines';
import { endOf, keyOf, startOf } from './yamlMap';
import { printBlock, printFlow } from './yamlText';

/**
 * Inserts a pair into the map of the parent pair, before the first greater key.
 * @param parent - `isInFlow`: whether the pair is in a flow map, `{ … }`
 */
export const insertPair = (
  text: string,
  { pair: parent, isInFlow }: { pair: Pair; isInFlow: boolean },
  map: YAMLMap | undefined,
  added: NewPair,
): TextEdit[] => {
  if (!map || map.items.length === 0)
    return insertIntoEmpty(text, { parent, isInFlow }, added);
  const greater = map.items.findIndex(pair => keyOf(pair) > added.key);
  const at = greater === -1 ? map.items.length : greater;
  if (map.flow) return insertIntoFlow(text, map, at, added);
  const isSpaced = hasBlankLineBetween(
    text,
    ...pickNeighbours(map.items, at).map(pair => [startOf(pair), endOf(pair)]),
  );
  return at === 0
    ? insertBeforeFirst(text, parent, map.items[0], added, isSpaced)
    : insertAfter(text, parent, map.items[at - 1], added, isSpaced);
};

/** Inserts on a line of its own beside pairs that have one; else on the line of its neighbour. */
const insertIntoFlow = (
  text: string,
  map: YAMLMap,
  at: number,
  added: NewPair,
): TextEdit[] => {
  const flow = printFlow(added.key, added.value);
  const [previous, next] = [map.items[at - 1], map.items[at]];
  if (!previous) {
    const start = startOf(next);
    if (!isFirstOnLine(text, start))
      return [{ start, end: start, text: `${flow}, ` }];
    const line = `${readIndent(text, start)}${flow},`;
    const eol = detectLineEnding(text, start);
    const above = includeComments(text, start, COMMENT_LINE);
    return [insertLines(text, above, [line], eol)];
  }
  const start = startOf(previous);
  const end = endOf(previous);
  const lineEnd = findNextLineStart(text, end);
  const rest = REST_OF_FLOW_LINE.exec(text.slice(end, lineEnd));
  const hasComma = rest?.[1] !== undefined;
  if (!rest || !isFirstOnLine(text, start) || (next && !hasComma))
    return [insertInLine(text, end, `, ${flow}`)];
  const line = `${readIndent(text, start)}${flow}${hasComma ? ',' : ''}`;
  return [
    ...(hasComma ? [] : [insertInLine(text, end, ',')]),
    insertLines(text, lineEnd, [line], detectLineEnding(text, end)),
  ];
};

/** What may follow a pair on its last line: a comma and a comment. */
const REST_OF_FLOW_LINE = /^[ \t]*(,)?[ \t]*(?:(?<=[ \t])#[^\n]*)?\r?\n$/;

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

const readIndents = (
  text: string,
  parent: Pair,
  sibling: Pair,
): { indent: string; step: string } => {
  const indent = readIndent(text, startOf(sibling));
  const outer = readIndent(text, startOf(parent));
  return { indent, step: indent.slice(outer.length) || '  ' };
};
