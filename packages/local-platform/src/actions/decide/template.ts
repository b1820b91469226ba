import {
  asText,
  Contexts,
  evaluateExpression,
  Functions,
  Json,
} from './expression';

/** A value of a workflow file that is known only when it runs. */
export class Expression {
  constructor(
    /** Without `${{ }}`. */
    readonly text: string,
    /** As the file has it. */
    readonly source: string,
  ) {}
}

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

/** Evaluates every expression in a value of a workflow file. */
export function resolve(
  template: Template,
  contexts: Contexts,
  functions: Functions = {},
): Json {
  if (template instanceof Expression)
    return evaluateExpression(template.text, contexts, functions);
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
}

/** Evaluates a value that ends up as text, such as a name, a script or a variable. */
export function resolveText(
  template: Template,
  contexts: Contexts,
  functions: Functions = {},
): string {
  return asText(resolve(template, contexts, functions));
}

/** Evaluates a mapping of names to texts, such as `env` or `with`. */
export function resolveTexts(
  template: Template,
  contexts: Contexts,
  functions: Functions = {},
): Record<string, string> {
  const resolved = resolve(template, contexts, functions);
  if (
    resolved === null ||
    typeof resolved !== 'object' ||
    Array.isArray(resolved)
  )
    return {};
  return Object.fromEntries(
    Object.entries(resolved).map(([key, value]) => [key, asText(value)]),
  );
}

/** A template that must be a mapping; anything else counts as an empty one. */
export function asMap(template: Template | undefined): TemplateMap {
  return template !== null &&
    typeof template === 'object' &&
    !Array.isArray(template) &&
    !(template instanceof Expression)
    ? template
    : {};
}
