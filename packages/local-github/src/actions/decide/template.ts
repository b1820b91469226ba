import {
  toText,
  Contexts,
  evaluateExpression,
  Functions,
  Json,
} from './expression';

const OPEN = '${{';
const CLOSE = '}}';

/** A value of a workflow file that is known only when it runs. */
export class Expression {
  private readonly segments: Array<string | { expression: string }>;

  /** @param source - as the file has it, with `${{ }}` */
  constructor(readonly source: string) {
    this.segments = split(source);
  }

  /** A lone expression keeps its type; one with text around it becomes text. */
  evaluate(contexts: Contexts, functions: Functions): Json {
    const values = this.segments.map(segment =>
      typeof segment === 'string'
        ? segment
        : evaluateExpression(segment.expression, contexts, functions),
    );
    return values.length === 1 ? values[0] : values.map(toText).join('');
  }

  /** The same as one expression without `${{ }}`: what `if` takes. */
  asCondition(): string {
    const [first] = this.segments;
    if (this.segments.length === 1 && typeof first === 'object')
      return first.expression;
    const parts = this.segments.map(segment =>
      typeof segment === 'string'
        ? `'${segment.replaceAll("'", "''")}'`
        : segment.expression,
    );
    return `format('${parts
      .map((_, index) => `{${index}}`)
      .join('')}', ${parts.join(', ')})`;
  }
}

/** Cuts text where expressions begin and end; `}}` inside a quoted text of an expression doesn't end it. */
const split = (source: string): Array<string | { expression: string }> => {
  const segments: Array<string | { expression: string }> = [];
  let rest = source;
  for (let start = rest.indexOf(OPEN); start >= 0; start = rest.indexOf(OPEN)) {
    if (start > 0) segments.push(rest.slice(0, start));
    const end = findClosing(rest, start + OPEN.length);
    segments.push({ expression: rest.slice(start + OPEN.length, end).trim() });
    rest = rest.slice(end + CLOSE.length);
  }
  if (rest !== '') segments.push(rest);
  return segments;
};

const findClosing = (text: string, from: number): number => {
  let quoted = false;
  for (let i = from; i < text.length; i++) {
    if (text[i] === "'") quoted = !quoted;
    if (!quoted && text.startsWith(CLOSE, i)) return i;
  }
  return text.length;
};

/** A value of a workflow file, expressions in it not yet evaluated. */
export type Template =
  | null
  | boolean
  | number
  | string
  | Expression
  | Template[]
  | TemplateMap;

/** A mapping of a workflow file. */
export interface TemplateMap {
  [key: string]: Template;
}

/** Finds the expressions in a value as YAML has it. */
export const toTemplate = (value: Json): Template => {
  if (typeof value === 'string')
    return value.includes(OPEN) ? new Expression(value) : value;
  if (Array.isArray(value)) return value.map(toTemplate);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, toTemplate(item)]),
    );
  }
  return value;
};

/** Evaluates every expression in a value of a workflow file. */
export const resolve = (
  template: Template,
  contexts: Contexts,
  functions: Functions = {},
): Json => {
  if (template instanceof Expression)
    return template.evaluate(contexts, functions);
  if (Array.isArray(template))
    return template.map(item => resolve(item, contexts, functions));
  if (template !== null && typeof template === 'object') {
    return Object.fromEntries(
      Object.entries(template).map(([key, value]) => [
        key,
        resolve(value, contexts, functions),
      ]),
    );
  }
  return template;
};

/** Evaluates a value that ends up as text, such as a name, a script or a variable. */
export const resolveText = (
  template: Template,
  contexts: Contexts,
  functions: Functions = {},
): string => {
  return toText(resolve(template, contexts, functions));
};

/** Evaluates a mapping of names to texts, such as `env` or `with`. */
export const resolveTexts = (
  template: Template,
  contexts: Contexts,
  functions: Functions = {},
): Record<string, string> => {
  const resolved = resolve(template, contexts, functions);
  if (
    resolved === null ||
    typeof resolved !== 'object' ||
    Array.isArray(resolved)
  )
    return {};
  return Object.fromEntries(
    Object.entries(resolved).map(([key, value]) => [key, toText(value)]),
  );
};

/** A template that must be a mapping; anything else counts as an empty one. */
export const toMap = (template: Template | undefined): TemplateMap => {
  return template !== null &&
    typeof template === 'object' &&
    !Array.isArray(template) &&
    !(template instanceof Expression)
    ? template
    : {};
};
