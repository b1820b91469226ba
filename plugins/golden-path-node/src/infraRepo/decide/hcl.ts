import { InputError } from '@backstage/errors';
import { FileError, PlacedProblem } from './fileError';
import { findSyntaxErrors } from './findSyntaxErrors';
import type { Node, Tree, TreeCursor } from 'web-tree-sitter';
import { loadHclParsers } from '../../libraries/hclParsers';
import { createFileError } from './text';

/** A literal HCL object: the positions of its braces, and its items. */
export interface HclObject {
  /** Offset of `{`. */
  start: number;
  /** Offset after `}`. */
  end: number;
  items: HclItem[];
}

/** One `key = value` of an object. Offsets are in UTF-16 code units. */
export interface HclItem {
  key: string;
  start: number;
  /** After the value, before a comma. */
  end: number;
  hasComma: boolean;
  /** Offset of the `=` or `:`. */
  separator: number;
  value: HclValue;
}

/** The syntax of a value; {@link parseHclValues} evaluates it. */
export type HclValue =
  | { kind: 'object'; object: HclObject }
  | { kind: 'string'; start: number }
  | { kind: 'other'; start: number };

/**
 * Parses the values of a file of attributes with HashiCorp's own parser.
 * @throws InputError with `path:line:column` of every syntax error, or of a duplicate attribute
 */
export const parseHclValues = async (
  text: string,
  path: string,
): Promise<Record<string, unknown>> => {
  const { parseValues } = await loadHclParsers();
  try {
    return await parseValues(DIAGNOSTIC_FILE, text);
  } catch (error) {
    // Passed to the constructor, the cause's message would be appended: the same text twice.
    throw Object.assign(await createSyntaxError(error as Error, text, path), {
      cause: error,
    });
  }
};

const DIAGNOSTIC_FILE = 'file';

const createSyntaxError = async (
  { message }: Error,
  text: string,
  path: string,
): Promise<InputError> => {
  const first = readDiagnostic(message, path);
  if (!first) return new InputError(`${path}: ${message}`);
  const { parseValues } = await loadHclParsers();
  const findFirst = (part: string) =>
    parseValues(DIAGNOSTIC_FILE, part).then(
      () => undefined,
      error => readDiagnostic((error as Error).message, path),
    );
  return new FileError(await findSyntaxErrors(text, first, findFirst));
};

/** hcl2json's message is `parse config: [file:2,7-8: Summary; Detail. file:…]`; the first error causes the others. */
const readDiagnostic = (
  message: string,
  path: string,
): PlacedProblem | undefined => {
  const match =
    /file:(\d+),(\d+)-[\d,]+: ([^;]*); ([\s\S]*?)(?: file:\d+,\d+-[\d,]+: |\]$)/.exec(
      message,
    );
  if (!match) return undefined;
  const [, line, column, summary, detail] = match;
  return {
    path,
    line: Number(line),
    column: Number(column),
    reason: `${summary}. ${detail.replaceAll(
      `${DIAGNOSTIC_FILE}:`,
      `${path}:`,
    )}`,
  };
};

/**
 * Finds the literal object of a top-level attribute, with its positions; undefined when the file has no such attribute.
 * Duplicate keys are returned twice.
 * @throws InputError when the attribute is not a literal object, or its syntax is ambiguous
 */
export const findHclObject = async (
  text: string,
  path: string,
  name: string,
): Promise<HclObject | undefined> => {
  const { syntax } = await loadHclParsers();
  const tree = syntax.parse(text);
  if (!tree) throw new InputError(`${path}: could not be parsed.`);
  try {
    const statement = findStatement(tree, name);
    if (!statement) return undefined;
    const refuse = (node: Node, reason: string) =>
      createFileError(path, text, node.startIndex, reason);
    if (statement.type !== 'attribute') {
      throw refuse(
        statement,
        `${name} is written as a block; write it as a map, ${name} = { … }.`,
      );
    }
    const [, value] = listParts(statement);
    const object = value && findObjectNode(value);
    if (!object) {
      throw refuse(
        value ?? statement,
        `${name} is not a literal map, and an expression can't be edited safely; write it as ${name} = { … }.`,
      );
    }
    if (statement.hasError) {
      throw refuse(
        findFirstError(object) ?? statement,
        `${name} has ambiguous syntax here; write it in its plain form.`,
      );
    }
    const cursor = object.walk();
    try {
      return readObject(cursor, text, (offset, why) =>
        createFileError(path, text, offset, why),
      );
    } finally {
      cursor.delete();
    }
  } finally {
    tree.delete();
  }
};

/** Finds the offset of a top-level attribute; 0 when it isn't found. Parses the text again. */
export const findAttributeStart = async (
  text: string,
  name: string,
): Promise<number> => (await findStart(text, name)) ?? 0;

/** Whether the file has the top-level attribute. */
export const hasAttribute = async (
  text: string,
  name: string,
): Promise<boolean> => {
  // Names have no escapes.
  if (!text.includes(name)) return false;
  const line = new RegExp(`^${name}[ \\t]*=`, 'm').exec(text);
  // Before the first bracket, heredoc or long comment a line is an attribute; parsing thousands of entries takes longer.
  if (line && !/[{([]|<<|\/\*/.test(text.slice(0, line.index))) return true;
  return (await findStart(text, name)) !== undefined;
};

const findStart = async (
  text: string,
  name: string,
): Promise<number | undefined> => {
  const { syntax } = await loadHclParsers();
  const tree = syntax.parse(text);
  const start = tree ? findStatement(tree, name)?.startIndex : undefined;
  tree?.delete();
  return start;
};

/** Finds the top-level attribute or block with this name. */
const findStatement = (tree: Tree, name: string): Node | undefined => {
  const body = tree.rootNode.namedChildren.find(
    child => child?.type === 'body',
  );
  return body?.namedChildren.find(
    (statement): statement is Node =>
      statement !== null && listParts(statement)[0]?.text === name,
  );
};

const isComment = (node: Node | null) => node?.type === 'comment';
/** Lists the named children, without comments. */
const listParts = (node: Node): Node[] =>
  node.namedChildren.filter(
    (child): child is Node => child !== null && !isComment(child),
  );

/** Finds `expression → collection_value → object`; undefined for any other expression, such as one in parentheses. */
const findObjectNode = (expression: Node): Node | undefined => {
  const children = expression.children.filter(child => !isComment(child));
  const [collection] = children;
  if (children.length !== 1 || collection?.type !== 'collection_value')
    return undefined;
  const [object] = listParts(collection);
  return object?.type === 'object' ? object : undefined;
};

const findFirstError = (node: Node): Node | undefined => {
  if (node.isError || node.isMissing) return node;
  const child = node.children.find(
    candidate => candidate && (candidate.hasError || candidate.isMissing),
  );
  return child ? findFirstError(child) : undefined;
};

type Refuse = (offset: number, reason: string) => InputError;

/** Visits every child but comments. A cursor creates no object per node, which is faster with thousands of entries. */
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

/** Reads an expression: a literal object, a literal text, or another one. */
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

/** Whether the template is a heredoc without interpolation or directives. */
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
