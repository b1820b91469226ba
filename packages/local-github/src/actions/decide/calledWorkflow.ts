import { toText, Contexts, Json } from './expression';
import { resolve } from './template';
import { WorkflowCall } from './workflowFile';

/**
 * The `inputs` context of a reusable workflow: what the caller gives, or defaults, each of its declared type.
 * @throws Error for unknown, missing and mistyped inputs, in GitHub's words
 */
export const resolveCalledInputs = (
  call: WorkflowCall,
  given: Record<string, Json>,
  contexts: Contexts,
): Record<string, Json> => {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(call.inputs, name)) {
      throw new Error(
        `Invalid input, ${name} is not defined in the referenced workflow.`,
      );
    }
  }
  return Object.fromEntries(
    Object.entries(call.inputs).map(([name, definition]) => {
      if (!Object.hasOwn(given, name) && definition.required) {
        throw new Error(
          `Input ${name} is required, but not provided while calling.`,
        );
      }
      const value = Object.hasOwn(given, name)
        ? given[name]
        : resolve(definition.default ?? null, contexts);
      return [name, convertInput(name, definition.type, value)];
    }),
  );
};

/**
 * The secrets that a reusable workflow sees.
 * @throws Error where a required one isn't given
 */
export const resolveCalledSecrets = (
  call: WorkflowCall,
  given: Record<string, string> | 'inherit' | undefined,
  callersSecrets: Record<string, string>,
): Record<string, string> => {
  const secrets = given === 'inherit' ? callersSecrets : given ?? {};
  for (const [name, { required }] of Object.entries(call.secrets)) {
    if (required && !Object.hasOwn(secrets, name)) {
      throw new Error(
        `Secret ${name} is required, but not provided while calling.`,
      );
    }
  }
  return { ...secrets, GITHUB_TOKEN: callersSecrets.GITHUB_TOKEN };
};

const convertInput = (name: string, type: string, value: Json): Json => {
  if (type === 'boolean') {
    if (value === null) return false;
    if (typeof value === 'boolean') return value;
    throw new Error(`Input ${name} must be a boolean, not '${toText(value)}'`);
  }
  if (type === 'number') {
    if (value === null) return 0;
    if (typeof value === 'number') return value;
    throw new Error(`Input ${name} must be a number, not '${toText(value)}'`);
  }
  return toText(value);
};
