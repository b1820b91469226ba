/**
 * The policies of a role in AWS, as JSON.
 *
 * @public
 */
export interface RoleDocuments {
  trust: unknown;
  /** Inline and attached policies. */
  permissions: unknown[];
}

/** A statement in one form: lists are sorted, and actions and operators have lower case. */
export interface Statement {
  sid: string | undefined;
  effect: string;
  /** Everything else that decides, by element; a text for each value. */
  elements: Record<string, string[]>;
}

/** Reads the statements of a policy; IAM takes one value wherever it takes a list. */
export const readStatements = (document: unknown): Statement[] =>
  toList((document as { Statement?: unknown } | undefined)?.Statement).map(
    found => {
      const {
        Sid: sid,
        Effect: effect,
        ...others
      } = found as Record<string, unknown>;
      return {
        sid: sid as string | undefined,
        effect: String(effect),
        elements: Object.fromEntries(flatten('', others)),
      };
    },
  );

const toList = (value: unknown): unknown[] => {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
};

/** Elements by path, such as `Condition.StringEquals.kms:ViaService`. */
const flatten = (
  path: string,
  element: Record<string, unknown>,
): Array<[string, string[]]> =>
  Object.entries(element).flatMap(([key, value]): Array<[string, string[]]> => {
    const below = path ? `${path}.${key}` : key;
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return flatten(below, value as Record<string, unknown>);
    const texts = toList(value).map(String);
    // IAM compares names of actions without case.
    return [
      [below, key === 'Action' ? texts.map(one => one.toLowerCase()) : texts],
    ];
  });

/** Values of the placeholders of platform/iam; what is missing matches any name. */
export type PolicyValues = Record<string, string | undefined>;

/** Whether a statement is that of a template, filled in. */
export const isFilledIn = (
  template: Statement,
  actual: Statement,
  values: PolicyValues,
): boolean =>
  template.effect === actual.effect &&
  hasSameItems(
    Object.keys(template.elements),
    Object.keys(actual.elements),
    (one, other) => one === other,
  ) &&
  Object.entries(template.elements).every(([path, texts]) =>
    hasSameItems(texts, actual.elements[path], (text, found) =>
      toPattern(text, values).test(found),
    ),
  );

const hasSameItems = (
  templates: readonly string[],
  found: readonly string[],
  matches: (template: string, found: string) => boolean,
): boolean =>
  templates.every(template => found.some(one => matches(template, one))) &&
  found.every(one => templates.some(template => matches(template, one)));

/** One name: no separator, and no wildcard of IAM. */
const ANY_NAME = '[^*?/:@]+';

const toPattern = (text: string, values: PolicyValues): RegExp =>
  new RegExp(
    `^${text
      .split(/(<[a-z-]+>)/)
      .map(part => {
        const name = /^<([a-z-]+)>$/.exec(part)?.[1];
        if (name === undefined) return escape(part);
        const value = values[name];
        return value === undefined ? ANY_NAME : escape(value);
      })
      .join('')}$`,
  );

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
