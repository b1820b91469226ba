import { InputError } from '@backstage/errors';
import type { Node } from 'web-tree-sitter';
import { hclParsers } from '../libraries/hclParsers';
import { refusal } from './text';

/** A literal HCL object: where its braces stand and what is in it. */
export interface HclObject {
  /** Offset of `{`. */
  start: number;
  /** Offset behind `}`. */
  end: number;
  items: HclItem[];
}

/** One `key = value` of an object. Offsets are in UTF-16 code units. */
export interface HclItem {
  key: string;
  start: number;
  /** Behind the value, before a comma. */
  end: number;
  hasComma: boolean;
  /** Offset of the `=` or `:`. */
  separator: number;
  value: HclValue;
}

/** What a value is to the eye; what it means is asked of {@link parseHclValues}. */
export type HclValue =
  | { kind: 'object'; object: HclObject }
  | { kind: 'string'; start: number }
  | { kind: 'other'; start: number };

/**
 * The values of a file of attributes, as HashiCorp's own parser reads them.
 * @throws InputError with `path:line:column` on a syntax error or an attribute given twice
 */
export const parseHclValues = async (
  text: string,
  path: string,
): Promise<Record<string, unknown>> => {
  const { parseValues } = await hclParsers();
  try {
    return await parseValues(DIAGNOSTIC_FILE, text);
  } catch (error) {
    // As a constructor's argument the cause would be said twice: its message is the same in other words.
    throw Object.assign(
      new InputError(diagnostic((error as Error).message, path)),
      { cause: error },
    );
  }
};

const DIAGNOSTIC_FILE = 'file';

/** hcl2json's message is `parse config: [file:2,7-8: Summary; Detail. file:…]`; the first one is the cause of the others. */
const diagnostic = (message: string, path: string): string => {
  const match =
    /file:(\d+),(\d+)-[\d,]+: ([^;]*); ([\s\S]*?)(?: file:\d+,\d+-[\d,]+: |\]$)/.exec(
      message,
    );
  if (!match) return `${path}: ${message}`;
  const [, line, column, summary, detail] = match;
  const told = detail.replaceAll(`${DIAGNOSTIC_FILE}:`, `${path}:`);
  return `${path}:${line}:${column}: ${summary}. ${told}`;
};

/**
 * The literal object that a top-level attribute is set to, with its places in the text; undefined where the file has no
 * such attribute. Duplicate keys come out twice.
 * @throws InputError where the attribute is anything but a literal object, or can't be read with certainty
 */
export const findHclObject = async (
  text: string,
  path: string,
  name: string,
): Promise<HclObject | undefined> => {
  const { syntax } = await hclParsers();
  const tree = syntax.parse(text);
  if (!tree) throw new InputError(`${path}: could not be parsed.`);
  try {
    const body = tree.rootNode.namedChildren.find(
      child => child?.type === 'body',
    );
    for (const statement of body?.namedChildren ?? []) {
      const [identifier, value] = statement?.namedChildren ?? [];
      if (!statement || identifier?.text !== name) continue;
      const refuse = (node: Node, reason: string) =>
        refusal(path, text, node.startIndex, reason);
      if (statement.type !== 'attribute') {
        throw refuse(
          statement,
          `${name} is written as a block; write it as a map, ${name} = { … }.`,
        );
      }
      const object = value && objectNode(value);
      if (!object) {
        throw refuse(
          value ?? statement,
          `${name} is not a literal map; write it out as ${name} = { … }, because an expression can't be edited safely.`,
        );
      }
      if (statement.hasError) {
        throw refuse(
          firstError(object) ?? statement,
          `${name} has something here that can't be read with certainty; write it in its plain form.`,
        );
      }
      return readObject(object, refuse);
    }
    return undefined;
  } finally {
    tree.delete();
  }
};

/** `expression → collection_value → object`; parentheses and anything around it make it an expression. */
const objectNode = (expression: Node): Node | undefined => {
  const collection =
    expression.childCount === 1 ? expression.firstNamedChild : null;
  const object = collection?.firstNamedChild;
  return collection?.type === 'collection_value' && object?.type === 'object'
    ? object
    : undefined;
};

const firstError = (node: Node): Node | undefined => {
  if (node.isError || node.isMissing) return node;
  const child = node.children.find(
    candidate => candidate && (candidate.hasError || candidate.isMissing),
  );
  return child ? firstError(child) : undefined;
};

type Refuse = (node: Node, reason: string) => InputError;

const readObject = (node: Node, refuse: Refuse): HclObject => {
  const items: HclItem[] = [];
  for (const child of node.children) {
    if (child?.type === ',' && items.length > 0)
      items[items.length - 1].hasComma = true;
    if (child?.type === 'object_elem') items.push(readItem(child, refuse));
  }
  return { start: node.startIndex, end: node.endIndex, items };
};

const readItem = (node: Node, refuse: Refuse): HclItem => {
  const key = node.childForFieldName('key');
  const value = node.childForFieldName('val');
  const separator = node.children.find(
    child => child?.type === '=' || child?.type === ':',
  );
  if (!key || !value || !separator)
    throw refuse(node, 'this is not `key = value`.');
  return {
    key: keyText(key, refuse),
    start: node.startIndex,
    end: node.endIndex,
    hasComma: false,
    separator: separator.startIndex,
    value: readValue(value, refuse),
  };
};

const keyText = (key: Node, refuse: Refuse): string => {
  const match = /^(?:"([^"\\$%]*)"|([\p{L}\p{N}_][\p{L}\p{N}_-]*))$/u.exec(
    key.text,
  );
  if (!match) {
    throw refuse(
      key,
      `the key ${JSON.stringify(
        key.text,
      )} is an expression; write a plain or quoted name.`,
    );
  }
  return match[1] ?? match[2];
};

const readValue = (value: Node, refuse: Refuse): HclValue => {
  const object = objectNode(value);
  if (object) return { kind: 'object', object: readObject(object, refuse) };
  return {
    kind: isLiteralString(value) ? 'string' : 'other',
    start: value.startIndex,
  };
};

/** A quoted string or heredoc with nothing to evaluate in it. */
const isLiteralString = (expression: Node): boolean => {
  const inner = expression.childCount === 1 ? expression.firstNamedChild : null;
  const text = inner?.firstNamedChild;
  if (inner?.type === 'literal_value') return text?.type === 'string_lit';
  return (
    inner?.type === 'template_expr' &&
    text?.type === 'heredoc_template' &&
    text.namedChildren.every(
      child =>
        child?.type !== 'template_interpolation' &&
        child?.type !== 'template_directive',
    )
  );
};
