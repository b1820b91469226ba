import { Pair, YAMLMap } from 'yaml';
import {
  hasBlankLineBetween,
  indentAt,
  isFirstOnLine,
  lineEndingAt,
  neighbours,
  nextLineStart,
  startWithComments,
  TextEdit,
} from './text';
import { endOf, keyOf, startOf } from './yamlMap';
import { blockLines, flowText } from './yamlText';

interface NewPair {
  key: string;
  value: object;
}

/** Puts a pair into the map that the parent pair holds, before the first key that is greater. */
export const insertPair = (
  text: string,
  parent: Pair,
  map: YAMLMap | undefined,
  added: NewPair,
): TextEdit[] => {
  if (!map || map.items.length === 0) return intoEmpty(text, parent, added);
  const greater = map.items.findIndex(pair => keyOf(pair) > added.key);
  const at = greater === -1 ? map.items.length : greater;
  if (map.flow) return intoFlow(map, at, added);
  const isSpaced = hasBlankLineBetween(
    text,
    ...neighbours(map.items, at).map(pair => [startOf(pair), endOf(pair)]),
  );
  return at === 0
    ? beforeFirst(text, parent, map.items[0], added, isSpaced)
    : after(text, parent, map.items[at - 1], added, isSpaced);
};

/** `parent:`, `parent: null` or `parent: {}`: what stands for nothing makes room. */
const intoEmpty = (text: string, parent: Pair, added: NewPair): TextEdit[] => {
  const start = startOf(parent);
  const eol = lineEndingAt(text, start);
  const indent = indentAt(text, start);
  const [, keyEnd] = (parent.key as { range: [number, number, number] }).range;
  const node = parent.value as { range?: [number, number, number] } | null;
  const [valueStart, valueEnd] = node?.range ?? [keyEnd, keyEnd];
  const isWritten = valueEnd > valueStart;
  if (!isFirstOnLine(text, start)) {
    // Inside a flow map nothing can go on a line of its own.
    const flow = `{ ${flowText(added.key, added.value)} }`;
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
  const lineEnd = endOfAttachedLines(
    text,
    nextLineStart(text, isWritten ? valueEnd : keyEnd),
    indent,
  );
  return [
    ...edits,
    linesAt(
      text,
      lineEnd,
      blockLines(added.key, added.value, `${indent}  `, '  '),
      eol,
    ),
  ];
};

const intoFlow = (map: YAMLMap, at: number, added: NewPair): TextEdit[] => {
  const flow = flowText(added.key, added.value);
  if (at === 0) {
    const start = startOf(map.items[0]);
    return [{ start, end: start, text: `${flow}, ` }];
  }
  const end = endOf(map.items[at - 1]);
  return [{ start: end, end, text: `, ${flow}` }];
};

const COMMENT_LINE = /^[ \t]*#/;

const beforeFirst = (
  text: string,
  parent: Pair,
  first: Pair,
  added: NewPair,
  isSpaced: boolean,
): TextEdit[] => {
  const at = startWithComments(text, startOf(first), COMMENT_LINE);
  const { indent, step } = indentsOf(text, parent, first);
  return [
    linesAt(
      text,
      // Comments above the first entry may stand right below the parent's own line, never above it.
      Math.max(at, nextLineStart(text, startOf(parent))),
      [
        ...blockLines(added.key, added.value, indent, step),
        ...(isSpaced ? [''] : []),
      ],
      lineEndingAt(text, startOf(first)),
    ),
  ];
};

const after = (
  text: string,
  parent: Pair,
  previous: Pair,
  added: NewPair,
  isSpaced: boolean,
): TextEdit[] => {
  const { indent, step } = indentsOf(text, parent, previous);
  const end = endOf(previous);
  const isBehindLine = end > 0 && text[end - 1] === '\n';
  const lineEnd = isBehindLine ? end : nextLineStart(text, end);
  return [
    linesAt(
      text,
      endOfAttachedLines(text, lineEnd, indent),
      [
        ...(isSpaced ? [''] : []),
        ...blockLines(added.key, added.value, indent, step),
      ],
      lineEndingAt(text, startOf(previous)),
    ),
  ];
};

/** Comment lines that are indented deeper than the entry belong to it. */
const endOfAttachedLines = (
  text: string,
  offset: number,
  indent: string,
): number => {
  let end = offset;
  while (end < text.length) {
    const line = text.slice(end, nextLineStart(text, end));
    const blanks = /^( *)#/.exec(line)?.[1];
    if (blanks === undefined || blanks.length <= indent.length) break;
    end += line.length;
  }
  return end;
};

const indentsOf = (
  text: string,
  parent: Pair,
  sibling: Pair,
): { indent: string; step: string } => {
  const indent = indentAt(text, startOf(sibling));
  const outer = indentAt(text, startOf(parent));
  return { indent, step: indent.slice(outer.length) || '  ' };
};

const linesAt = (
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
    // A file that ends without a line ending goes on doing so.
    text: isOnNewLine ? `${block}${eol}` : `${eol}${block}`,
  };
};
