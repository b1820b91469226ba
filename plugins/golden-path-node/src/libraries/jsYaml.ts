/** The part of js-yaml that we use; it comes without types. */
export interface JsYaml {
  load(text: string, options: { schema: unknown }): unknown;
  /** YAML 1.2's own; a date is a text. */
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

/** Where js-yaml found a text wrong: counted from 0. */
export interface JsYamlError extends Error {
  reason: string;
  mark?: { line: number; column: number };
}

export const jsYaml = (): JsYaml => require('js-yaml') as JsYaml;
