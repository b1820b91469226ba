import { InputError } from '@backstage/errors';
import { FileError } from './fileError';
import type { Node, Tree, TreeCursor } from 'web-tree-sitter';
import { hclParsers } from '../../libraries/hclParsers';
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
    throw Object.assign(diagnostic((error as Error).message, path), {
      cause: error,
    });
  }
};

const DIAGNOSTIC_FILE = 'file';

/** hcl2json's message is `parse config: [file:2,7-8: Summary; Detail. file:…]`; the first one is the cause of the others. */
const diagnostic = (message: string, path: string): InputError => {
  const match =
    /file:(\d+),(\d+)-[\d,]+: ([^;]*); ([\s\S]*?)(?: file:\d+,\d+-[\d,]+: |\]$)/.exec(
      message,
    );
  if (!match) return new InputError(`${path}: ${message}`);
  const [, line, column, summary, detail] = match;
  const told = detail.replaceAll(`${DIAGNOSTIC_FILE}:`, `${path}:`);
  return new FileError([
    {
      path,
      line: Number(line),
      column: Number(column),
      reason: `${summary}. ${told}`,
    },
  ]);
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
    const statement = findStatement(tree, name);
    if (!statement) return undefined;
    const refuse = (node: Node, reason: string) =>
      refusal(path, text, node.startIndex, reason);
    if (statement.type !== 'attribute') {
      throw refuse(
        statement,
        `${name} is written as a block; write it as a map, ${name} = { … }.`,
      );
    }
    const [, value] = partsOf(statement);
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
    const cursor = object.walk();
    try {
      return readObject(cursor, text, (offset, why) =>
        refusal(path, text, offset, why),
      );
    } finally {
      cursor.delete();
    }
  } finally {
    tree.delete();
  }
};

/** The offset at which a top-level attribute begins; the file's start where that can't be told. Parses the text anew. */
export const findAttributeStart = async (
  text: string,
  name: string,
): Promise<number> => {
  const { syntax } = await hclParsers();
  const tree = syntax.parse(text);
  const start = tree && findStatement(tree, name)?.startIndex;
  tree?.delete();
  return start ?? 0;
};

/** The top-level attribute or block with this name. */
const findStatement = (tree: Tree, name: string): Node | undefined => {
  const body = tree.rootNode.namedChildren.find(
    child => child?.type === 'body',
  );
  return body?.namedChildren.find(
    (statement): statement is Node =>
      statement !== null && partsOf(statement)[0]?.text === name,
  );
};

const isComment = (node: Node | null) => node?.type === 'comment';
/** The named children; a comment may stand between any two of them. */
const partsOf = (node: Node): Node[] =>
  node.namedChildren.filter(
    (child): child is Node => child !== null && !isComment(child),
  );

/** `expression → collection_value → object`; parentheses and anything around it make it an expression. */
const objectNode = (expression: Node): Node | undefined => {
  const children = expression.children.filter(child => !isComment(child));
  const [collection] = children;
  if (children.length !== 1 || collection?.type !== 'collection_value')
    return undefined;
  const [object] = partsOf(collection);
  return object?.type === 'object' ? object : undefined;
};

const firstError = (node: Node): Node | undefined => {
  if (node.isError || node.isMissing) return node;
  const child = node.children.find(
    candidate => candidate && (candidate.hasError || candidate.isMissing),
  );
  return child ? firstError(child) : undefined;
};

type Refuse = (offset: number, reason: string) => InputError;

/**
 * Stops at every child but comments. A cursor makes no object of a node, which tells in a file of thousands of entries.
 */
const eachChild = (cursor: TreeCursor, stop: (type: string) => void): void => {
  if (!cursor.gotoFirstChild()) return;
  do {
    const type = cursor.nodeType;
    if (type !== 'comment') stop(type);
  } while (cursor.gotoNextSibling());
  cursor.gotoParent();
};

const readObject = (
  cursor: TreeCursor,
  text: string,
  refuse: Refuse,
): HclObject => {
  const { startIndex: start, endIndex: end } = cursor;
  const items: HclItem[] = [];
  eachChild(cursor, type => {
    if (type === ',' && items.length > 0)
      items[items.length - 1].hasComma = true;
    if (type === 'object_elem') items.push(readItem(cursor, text, refuse));
  });
  return { start, end, items };
};

const readItem = (
  cursor: TreeCursor,
  text: string,
  refuse: Refuse,
): HclItem => {
  const { startIndex: start, endIndex: end } = cursor;
  let key: string | undefined;
  let separator: number | undefined;
  let value: HclValue | undefined;
  eachChild(cursor, type => {
    if (type === '=' || type === ':') separator = cursor.startIndex;
    else if (key === undefined) key = readKey(cursor, text, refuse);
    else value = readValue(cursor, text, refuse);
  });
  if (key === undefined || separator === undefined || !value)
    throw refuse(start, 'this is not `key = value`.');
  return { key, start, end, hasComma: false, separator, value };
};

const readKey = (cursor: TreeCursor, text: string, refuse: Refuse): string => {
  const { startIndex: start, endIndex: end } = cursor;
  const written = text.slice(start, end);
  const match = /^(?:"([^"\\$%]*)"|([\p{L}\p{N}_][\p{L}\p{N}_-]*))$/u.exec(
    written,
  );
  if (!match) {
    throw refuse(
      start,
      `the key ${JSON.stringify(
        written,
      )} is an expression; write a plain or quoted name.`,
    );
  }
  return match[1] ?? match[2];
};

const readValue = (
  cursor: TreeCursor,
  text: string,
  refuse: Refuse,
): HclValue => {
  const start = cursor.startIndex;
  const found: HclValue[] = [];
  eachChild(cursor, type => found.push(readInner(cursor, type, text, refuse)));
  return found.length === 1 && found[0].kind !== 'other'
    ? found[0]
    : { kind: 'other', start };
};

/** What an expression consists of: a literal object, a literal text, or something else. */
const readInner = (
  cursor: TreeCursor,
  type: string,
  text: string,
  refuse: Refuse,
): HclValue => {
  const start = cursor.startIndex;
  let value: HclValue = { kind: 'other', start };
  if (type === 'template_expr' && isLiteralHeredoc(cursor.currentNode))
    return { kind: 'string', start };
  if (type === 'literal_value' || type === 'collection_value') {
    eachChild(cursor, inner => {
      if (inner === 'string_lit') value = { kind: 'string', start };
      if (inner === 'object')
        value = { kind: 'object', object: readObject(cursor, text, refuse) };
    });
  }
  return value;
};

/** A heredoc with nothing to evaluate in it. */
const isLiteralHeredoc = (template: Node): boolean => {
  const text = template.firstNamedChild;
  return (
    text?.type === 'heredoc_template' &&
    text.namedChildren.every(
      child =>
        child?.type !== 'template_interpolation' &&
        child?.type !== 'template_directive',
    )
  );
};
