import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { sourceFiles } from './sourceFiles';

/** A text that a user can see, and its source file. */
export interface SourceMessage {
  file: string;
  texts: string[];
}

/** Texts for PostgreSQL, a browser or git. */
const FOR_PROGRAMS = [
  /^\s*(SELECT|WITH|CREATE|ALTER|DROP|GRANT|REVOKE|COMMENT|SET|RESET|BEGIN|INSERT|UPDATE|DELETE|EXISTS|NOT EXISTS|GRANTED BY|CONNECTION LIMIT)\b/,
  /\b(pg_has_role\(|m\.rol|statement_timeout=)/,
  /^\s*<(?!!)|<\/\w+>/,
  /^(text|application)\/|^##\[|^(Bearer|token|Basic) \{/,
];

/** At least two words with a space between them; names, paths and keywords have none. */
export const readsAsWords = (text: string) =>
  /[\p{L}\d"'`)}:,;.…] +[\p{L}"'`({<$]/u.test(text) &&
  /\p{Ll}{2,}/u.test(text) &&
  !FOR_PROGRAMS.some(pattern => pattern.test(text));

/** A placeholder shows the name of its expression, if that is simple. */
const hole = (expression: ts.Expression): string => {
  if (ts.isIdentifier(expression)) return `{${expression.text}}`;
  if (ts.isPropertyAccessExpression(expression))
    return `{${expression.name.text}}`;
  if (ts.isCallExpression(expression)) {
    const [first] = expression.arguments;
    if (first && !ts.isLiteralExpression(first) && !ts.isFunctionLike(first))
      return hole(first);
    // value.toFixed(1), lines.join(', ')
    if (ts.isPropertyAccessExpression(expression.expression))
      return hole(expression.expression.expression);
  }
  return '{…}';
};

/** The text of a literal, of a template or of a concatenation; undefined for any other node. */
const textOf = (node: ts.Node): string | undefined => {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return (
      node.head.text +
      node.templateSpans
        .map(span => hole(span.expression) + span.literal.text)
        .join('')
    );
  if (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.PlusToken
  ) {
    const left = textOf(node.left);
    const right = textOf(node.right);
    return left === undefined && right === undefined
      ? undefined
      : (left ?? hole(node.left)) + (right ?? hole(node.right));
  }
  return undefined;
};

const isComparison = (node: ts.Node) =>
  ts.isBinaryExpression(node) &&
  [
    ts.SyntaxKind.EqualsEqualsEqualsToken,
    ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ].includes(node.operatorToken.kind);

/** Syntax that only compares a text, such as the kind 'create role', and doesn't show it. */
const isTag = (node: ts.Node) =>
  ts.isLiteralTypeNode(node.parent) ||
  ts.isCaseClause(node.parent) ||
  isComparison(node.parent) ||
  (ts.isPropertyAssignment(node.parent) &&
    (node.parent.name === node ||
      ['kind', 'type'].includes(node.parent.name.getText())));

const textsOf = (root: string, file: string): string[] => {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(root, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const found = new Set<string>();
  const visit = (node: ts.Node) => {
    const text = textOf(node);
    if (text !== undefined && readsAsWords(text) && !isTag(node))
      found.add(text);
    if (text === undefined || !ts.isBinaryExpression(node))
      ts.forEachChild(node, visit);
    else [node.left, node.right].forEach(visitAdded);
  };
  /** Parts of a concatenation are already in its text; their placeholders may contain more texts. */
  const visitAdded = (node: ts.Node) => {
    if (ts.isStringLiteralLike(node)) return;
    if (ts.isTemplateExpression(node))
      node.templateSpans.forEach(span => visit(span.expression));
    else if (textOf(node) !== undefined) ts.forEachChild(node, visitAdded);
    else visit(node);
  };
  visit(source);
  return [...found];
};

/**
 * Every text of several words in the sources below `folder`, by file, in the order of the lines. Placeholders of a template
 * are shown as `{name}`, or as `{…}` if their expression has no simple name.
 */
export const sourceMessages = (root: string, folder: string): SourceMessage[] =>
  sourceFiles(root, folder)
    .map(file => ({ file, texts: textsOf(root, file) }))
    .filter(({ texts }) => texts.length > 0);
