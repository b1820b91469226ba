import type { data } from '@actions/expressions';
import type { Expr } from '@actions/expressions/ast';
import { loadLanguageServices } from '../languageServices';

/** What an expression can see and give. */
export type Json =
  | null
  | boolean
  | number
  | string
  | Json[]
  | { [key: string]: Json };

/** Contexts by name: github, env, vars, secrets, inputs, steps, needs, matrix, strategy, runner, job, jobs. */
export type Contexts = Record<string, Json>;

/** Functions that depend on where an expression stands. */
export interface Functions {
  success?(): boolean;
  failure?(): boolean;
  cancelled?(): boolean;
  hashFiles?(patterns: string[]): string;
}

const STATUS_FUNCTIONS = ['success', 'failure', 'cancelled', 'always'];

/**
 * Evaluates what stands between `${{` and `}}`.
 * @throws Error of @actions/expressions, whose message names the expression
 */
export const evaluateExpression = (
  expression: string,
  contexts: Contexts,
  functions: Functions = {},
): Json => {
  const { expressions } = loadLanguageServices();
  const { data: types, Evaluator } = expressions;
  const root = new types.Dictionary();
  for (const [name, value] of Object.entries(contexts)) {
    root.add(name, toData(value));
  }
  const bool = (call?: () => boolean) => () =>
    new types.BooleanData(call?.() ?? true);
  const table = [
    { name: 'success', minArgs: 0, maxArgs: 0, call: bool(functions.success) },
    {
      name: 'failure',
      minArgs: 0,
      maxArgs: 0,
      call: bool(functions.failure ?? (() => false)),
    },
    {
      name: 'cancelled',
      minArgs: 0,
      maxArgs: 0,
      call: bool(functions.cancelled ?? (() => false)),
    },
    { name: 'always', minArgs: 0, maxArgs: 0, call: bool() },
    {
      name: 'hashFiles',
      minArgs: 1,
      maxArgs: 255,
      call: (...patterns: data.ExpressionData[]) =>
        new types.StringData(
          functions.hashFiles?.(patterns.map(p => p.coerceString())) ?? '',
        ),
    },
  ].map(f => ({ ...f, description: f.name }));
  const tree = new expressions.Parser(
    listTokens(expression),
    Object.keys(contexts),
    table,
  ).parse();
  return fromData(
    new Evaluator(
      tree,
      root,
      new Map(table.map(f => [f.name.toLowerCase(), f])),
    ).evaluate(),
  );
};

/**
 * A condition as GitHub runs it: without one of success(), failure(), cancelled() and always() it means
 * `success() && (…)`; an empty one means `success()`.
 */
export const addStatusFunction = (condition: string): string => {
  if (condition.trim() === '') return 'success()';
  return callsStatusFunction(parseAnyContext(condition))
    ? condition
    : `success() && (${condition})`;
};

/** How GitHub writes a value into text. */
export const toText = (value: Json): string => {
  if (value === null) return '';
  if (Array.isArray(value)) return 'Array';
  return typeof value === 'object' ? 'Object' : String(value);
};

const parseAnyContext = (expression: string): Expr => {
  const { expressions } = loadLanguageServices();
  const contexts =
    'github env vars secrets inputs steps needs matrix strategy runner job jobs'.split(
      ' ',
    );
  const functions = [...STATUS_FUNCTIONS, 'hashFiles'].map(name => ({
    name,
    minArgs: 0,
    maxArgs: 255,
    description: name,
    call: () => new expressions.data.Null(),
  }));
  return new expressions.Parser(
    listTokens(expression),
    contexts,
    functions,
  ).parse();
};

/** Tokens of an expression, every `''` in a text read as a quote: the lexer itself reads only the first of them so. */
const listTokens = (expression: string) => {
  const { Lexer } = loadLanguageServices().expressions;
  return new Lexer(expression)
    .lex()
    .tokens.map(token =>
      token.lexeme.startsWith("'")
        ? { ...token, value: token.lexeme.slice(1, -1).replaceAll("''", "'") }
        : token,
    );
};

const callsStatusFunction = (tree: Expr): boolean => {
  const { ast } = loadLanguageServices();
  if (tree instanceof ast.FunctionCall) {
    return (
      STATUS_FUNCTIONS.includes(tree.functionName.lexeme.toLowerCase()) ||
      tree.args.some(callsStatusFunction)
    );
  }
  if (tree instanceof ast.Binary)
    return callsStatusFunction(tree.left) || callsStatusFunction(tree.right);
  if (tree instanceof ast.Unary) return callsStatusFunction(tree.expr);
  if (tree instanceof ast.Logical) return tree.args.some(callsStatusFunction);
  if (tree instanceof ast.Grouping) return callsStatusFunction(tree.group);
  if (tree instanceof ast.IndexAccess)
    return callsStatusFunction(tree.expr) || callsStatusFunction(tree.index);
  return false;
};

const toData = (value: Json): data.ExpressionData => {
  const types = loadLanguageServices().expressions.data;
  if (value === null || value === undefined) return new types.Null();
  if (typeof value === 'boolean') return new types.BooleanData(value);
  if (typeof value === 'number') return new types.NumberData(value);
  if (typeof value === 'string') return new types.StringData(value);
  if (Array.isArray(value)) return new types.Array(...value.map(toData));
  return new types.Dictionary(
    ...Object.entries(value).map(([key, v]) => ({ key, value: toData(v) })),
  );
};

const fromData = (value: data.ExpressionData): Json => {
  return JSON.parse(
    JSON.stringify(value, loadLanguageServices().expressions.data.replacer),
  );
};
