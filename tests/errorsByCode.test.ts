import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { sourceFiles } from './support/sourceFiles';

const ROOT = resolve(__dirname, '..');
const FOLDERS = ['plugins', 'packages', 'platform'];

/**
 * Where only a text says what an error means. Each reason names who documents the text, or why there is no code; each text is
 * tested in the words of the real program.
 */
const ALLOWED: Record<string, string> = {
  'packages/local-github/src/github/conformance.ts':
    "reads the local GitHub's own answer, which has no code, as a client gets it",
  'plugins/golden-path-node/src/errors/describeReason.ts':
    "cuts what Backstage's own errors append; decides nothing",
  'plugins/golden-path-node/src/adapters/github/errors.ts':
    'GitHub and Backstage answer 403 of an archived repository and of a suspended App without a code; the text only adds advice',
  'plugins/golden-path-node/src/errors/rateLimit.ts':
    "GitHub documents the message as the sign of a secondary limit without retry-after; octokit's plugin-throttling reads the same words",
  'plugins/golden-path-node/src/adapters/secretsManager/secretsReader.ts':
    'InvalidRequestException has several causes, and DescribeSecret, which has the date, needs a permission of its own',
  'plugins/golden-path-node/src/infraRepo/decide/hcl.ts':
    "hcl2json gives HashiCorp's diagnostics as one text",
};

/** Told by another part of the project, with reasons of its own. */
const ELSEWHERE =
  /^plugins\/golden-path-node\/src\/(provision\/|adapters\/postgres\/)/;

const TESTS = [
  'test',
  'match',
  'includes',
  'startsWith',
  'endsWith',
  'search',
  'exec',
];
const WORDS = /^(message|stderr|said|stdout|err)$/;
/** An octokit commit and a tip of a branch have a message too. */
const NO_ERRORS = /^(commit|branchTip|tip|one|entry|issue|row|event|problem)$/;

/** The property or variable that an expression reads, such as `message` of `(error as Error).message ?? ''`. */
const findText = (node: ts.Expression): string | undefined => {
  if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node))
    return findText(node.expression);
  if (ts.isBinaryExpression(node)) return findText(node.left);
  if (ts.isPropertyAccessExpression(node)) {
    const of = ts.isIdentifier(node.expression) ? node.expression.text : '';
    return WORDS.test(node.name.text) && !NO_ERRORS.test(of)
      ? node.getText()
      : undefined;
  }
  return ts.isIdentifier(node) && WORDS.test(node.text) ? node.text : undefined;
};

/** Comparisons of a message with a text or a pattern. */
const findTextTests = (name: string, text: string): string[] => {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    if (
      ts.isCallExpression(node) &&
      ts.isPropertyAccessExpression(node.expression) &&
      TESTS.includes(node.expression.name.text)
    ) {
      const sides = [node.expression.expression, ...node.arguments];
      if (sides.some(side => findText(side))) found.push(node.getText());
    }
    if (
      ts.isBinaryExpression(node) &&
      /^[=!]==?$/.test(node.operatorToken.getText()) &&
      [node.left, node.right].some(ts.isStringLiteralLike) &&
      [node.left, node.right].some(side => findText(side))
    )
      found.push(node.getText());
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
};

describe('an error is told by its code, not by its text', () => {
  const found = FOLDERS.flatMap(folder =>
    sourceFiles(ROOT, folder)
      .filter(file => !ELSEWHERE.test(file))
      .map(file => ({
        file,
        tests: findTextTests(file, readFileSync(join(ROOT, file), 'utf8')),
      }))
      .filter(({ tests }) => tests.length > 0),
  );

  it('everywhere but where there is nothing else', () => {
    expect(found.filter(({ file }) => !(file in ALLOWED))).toEqual([]);
  });

  it('and no exception is left that nobody uses', () => {
    const files = found.map(({ file }) => file);
    expect(Object.keys(ALLOWED).filter(file => !files.includes(file))).toEqual(
      [],
    );
  });

  it.each([
    { code: '/already exists/.test(error.message)', hits: 1 },
    { code: "error.message.includes('Branch not found')", hits: 1 },
    { code: "(error as Error).message.startsWith('x')", hits: 1 },
    { code: 'const { stderr } = e; stderr.match(/x/)', hits: 1 },
    { code: "if (cause!.message === 'Region is missing') f()", hits: 1 },
    { code: "PATTERN.test((error as Error).message ?? '')", hits: 1 },
    { code: 'PATTERN.exec(message)', hits: 1 },
    { code: "error.code === 'EEXIST'", hits: 0 },
    { code: "['EPERM'].includes(error.code)", hits: 0 },
    { code: 'branchTip.message.includes(trailer)', hits: 0 },
    { code: 'log(error.message)', hits: 0 },
  ])('is seen: $code', ({ code, hits }) => {
    expect(findTextTests('x.ts', code)).toHaveLength(hits);
  });
});
