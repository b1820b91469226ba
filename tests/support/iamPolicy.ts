/** IAM policies as JSON has them, and a decision over them: enough for the policies of this kit, and an error for anything else. */
export interface Statement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource?: string | string[];
  Principal?: Record<string, string>;
  Condition?: Record<string, Record<string, string | string[]>>;
}
export interface Policy {
  Version: string;
  Statement: Statement[];
}
export interface Request {
  action: string;
  /** ARN; not given when a trust policy is asked. */
  resource?: string;
  /** Condition keys with their values. A key that isn't here is absent, as in AWS. */
  context?: Record<string, string>;
}

export const listOf = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : [value].flat();

/** As IAM compares: `*` is any text, `?` is one character, case counts. */
const matches = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
    's',
  ).test(text);

const OPERATORS: Record<string, (wanted: string, value: string) => boolean> = {
  StringEquals: (wanted, value) => wanted === value,
  StringLike: matches,
  StringNotEquals: (wanted, value) => wanted !== value,
};
const KNOWN = ['Sid', 'Effect', 'Action', 'Resource', 'Principal', 'Condition'];

const applies = (statement: Statement, request: Request): boolean => {
  const unknown = Object.keys(statement).filter(name => !KNOWN.includes(name));
  if (unknown.length > 0) throw new Error(`Not evaluated here: ${unknown}`);
  const { Action, Resource, Condition = {} } = statement;
  return (
    // Names of actions are compared without case (IAM User Guide, IAM JSON policy elements: Action).
    listOf(Action).some(action =>
      matches(action.toLowerCase(), request.action.toLowerCase()),
    ) &&
    (Resource === undefined) === (request.resource === undefined) &&
    (Resource === undefined ||
      listOf(Resource).some(pattern => matches(pattern, request.resource!))) &&
    // Every operator and every key has to hold; one of a key's values is enough; an absent key holds nothing.
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => {
        const compare = OPERATORS[operator];
        if (!compare) throw new Error(`Not evaluated here: ${operator}`);
        const value = request.context?.[key];
        // A negated operator asks that no value is equal, and an absent key is none.
        if (operator.startsWith('StringNot'))
          return value === undefined || !listOf(wanted).includes(value);
        return (
          value !== undefined && listOf(wanted).some(one => compare(one, value))
        );
      }),
    )
  );
};

/** Whether a policy lets a request pass: denied by default, and what a Deny says is final. */
export const isAllowed = (policy: Policy, request: Request): boolean => {
  const effects = policy.Statement.filter(statement =>
    applies(statement, request),
  ).map(({ Effect }) => Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
};

/** A policy with what stands in angle brackets filled in. @throws Error that names what nothing is given for */
export const filledIn = (
  text: string,
  values: Record<string, string>,
): Policy =>
  JSON.parse(
    text.replace(/<([a-z-]+)>/g, (_, name) => {
      if (!(name in values)) throw new Error(`Nothing for <${name}>`);
      return values[name];
    }),
  );
