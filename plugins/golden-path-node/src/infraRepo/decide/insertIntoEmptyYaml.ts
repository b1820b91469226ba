import { Pair } from 'yaml';
import {
  readIndent,
  isFirstOnLine,
  detectLineEnding,
  findLineStart,
  findNextLineStart,
  TextEdit,
} from './text';
import { findAttachedEnd, insertInLine, insertLines } from './yamlLines';
import { startOf } from './yamlMap';
import { printBlock, printFlow } from './yamlText';

export interface NewPair {
  key: string;
  value: object;
}

type Range = [start: number, end: number];

/** `parent:`, `parent: null` or `parent: {}`: replaces the empty value, and keeps every comment around and inside it. */
export const insertIntoEmpty = (
  text: string,
  { parent, isInFlow }: { parent: Pair; isInFlow: boolean },
  added: NewPair,
): TextEdit[] => {
  const start = startOf(parent);
  const [, keyEnd] = (parent.key as { range: [number, number, number] }).range;
  const node = parent.value as { range?: [number, number, number] } | null;
  const [valueStart, valueEnd] = node?.range ?? [keyEnd, keyEnd];
  const written: Range | undefined =
    valueEnd > valueStart ? [valueStart, valueEnd] : undefined;
  // Inside a flow map the pair must be in flow style, too.
  if (isInFlow || !isFirstOnLine(text, start))
    return fillFlow(text, written, valueEnd, added);
  const indent = readIndent(text, start);
  return [
    ...(written ? removeValue(text, written) : []),
    insertLines(
      text,
      findAttachedEnd(
        text,
        findNextLineStart(text, written ? valueEnd : keyEnd),
        indent,
      ),
      printBlock(added.key, added.value, `${indent}  `, '  '),
      detectLineEnding(text, start),
    ),
  ];
};

const fillFlow = (
  text: string,
  written: Range | undefined,
  at: number,
  { key, value }: NewPair,
): TextEdit[] => {
  const flow = printFlow(key, value);
  if (!written) return [insertInLine(text, at, ` { ${flow} }`)];
  const [start, end] = written;
  if (!hasComment(text, written)) return [{ start, end, text: `{ ${flow} }` }];
  // A comment ends with its line, so the closing bracket is on another one.
  const brace = end - 1;
  const line = `${readIndent(text, brace)}  ${flow}`;
  const eol = detectLineEnding(text, start);
  return [insertLines(text, findLineStart(text, brace), [line], eol)];
};

/** Removes an empty value; only its brackets if a comment is between them. */
const removeValue = (text: string, value: Range): TextEdit[] => {
  const [start, end] = value;
  const tokens: Range[] = hasComment(text, value)
    ? [
        [start, start + 1],
        [end - 1, end],
      ]
    : [value];
  return tokens.map(token => removeToken(text, token));
};

const hasComment = (text: string, [start, end]: Range): boolean =>
  text.slice(start, end).includes('#');

/** Removes a token with the blanks beside it, and its line if nothing else is on it. */
const removeToken = (text: string, [start, end]: Range): TextEdit => {
  const lineStart = findLineStart(text, start);
  const nextLine = findNextLineStart(text, end);
  const before = text.slice(lineStart, start);
  const after = text.slice(end, nextLine);
  if (before.trim() !== '') {
    const blanks = /[ \t]*$/.exec(before)![0].length;
    return { start: start - blanks, end, text: '' };
  }
  if (after.trim() !== '') {
    const blanks = /^[ \t]*/.exec(after)![0].length;
    return { start, end: end + blanks, text: '' };
  }
  if (after.endsWith('\n'))
    return { start: lineStart, end: nextLine, text: '' };
  // A file without a final line ending stays without one.
  const eol = detectLineEnding(text, lineStart - 1);
  return { start: lineStart - eol.length, end: nextLine, text: '' };
};
