/** The part of js-yaml that we use; the package has no types. */
export interface JsYaml {
  load(text: string, options: { schema: unknown }): unknown;
  /** Schema of YAML 1.2: a date is text. */
  CORE_SCHEMA: {
    extend(types: { implicit: unknown[]; explicit: unknown[] }): unknown;
  };
  types: { merge: unknown };
  Type: new (
    tag: string,
    options: {
      kind: 'scalar' | 'sequence' | 'mapping';
      multi: true;
      construct(data: unknown, tag: string): unknown;
    },
  ) => unknown;
}

/** A js-yaml syntax error; line and column count from 0. */
export interface JsYamlError extends Error {
  reason: string;
  mark?: { line: number; column: number };
}

export const loadJsYaml = (): JsYaml => require('js-yaml') as JsYaml;
