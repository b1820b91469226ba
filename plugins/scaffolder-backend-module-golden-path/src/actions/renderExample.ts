import { stringify } from 'yaml';

/** One step of a template, for the examples of an action. */
export const renderExample = (step: {
  id: string;
  name: string;
  action: string;
  input: Record<string, unknown>;
}): string => stringify({ steps: [step] });
