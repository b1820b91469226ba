import { Json } from './expression';
import { InputDefinition } from './workflowFile';

/** Inputs that may be run with, or what GitHub says with status 422. */
export type CheckedInputs =
  | { inputs: Record<string, string> }
  | { error: string };

const BOOLEANS = ['true', 'false'];

/**
 * Checks a dispatch's inputs and fills defaults in, in GitHub's words.
 * An optional boolean that isn't given is false; any other optional input is empty.
 */
export const checkDispatchInputs = (
  definitions: Record<string, InputDefinition>,
  given: Record<string, string>,
): CheckedInputs => {
  const unexpected = Object.keys(given).filter(
    name => !Object.hasOwn(definitions, name),
  );
  if (unexpected.length > 0)
    return {
      error: `Unexpected inputs provided: ${JSON.stringify(unexpected)}`,
    };
  const inputs: Record<string, string> = {};
  for (const [name, definition] of Object.entries(definitions)) {
    const value = Object.hasOwn(given, name)
      ? given[name]
      : getDefault(definition);
    if (definition.required && value === '')
      return { error: `Required input '${name}' not provided` };
    if (!isAllowed(definition, value)) {
      return {
        error: `Provided value '${value}' for input '${name}' not in the list of allowed values`,
      };
    }
    inputs[name] = value;
  }
  return { inputs };
};

/** The `inputs` context: booleans and numbers as such, everything else as text. */
export const convertInputs = (
  definitions: Record<string, InputDefinition>,
  inputs: Record<string, string>,
): Record<string, Json> => {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => {
      const type = definitions[name]?.type;
      if (type === 'boolean') return [name, value === 'true'];
      if (type === 'number' && value !== '') return [name, Number(value)];
      return [name, value];
    }),
  );
};

const getDefault = (definition: InputDefinition): string => {
  if (definition.default !== undefined && definition.default !== null)
    return String(definition.default);
  if (definition.type === 'boolean') return 'false';
  // The form on GitHub's page starts with the first option; the API does the same where nothing is required.
  return definition.type === 'choice' && !definition.required
    ? definition.options[0] ?? ''
    : '';
};

const isAllowed = (
  { type, options }: InputDefinition,
  value: string,
): boolean => {
  if (type === 'boolean') return BOOLEANS.includes(value);
  if (type === 'choice') return options.includes(value);
  if (type === 'number') return value === '' || Number.isFinite(Number(value));
  return true;
};
