import { parse } from 'yaml';
import { Contexts } from './expression';
import { toMap, resolveTexts, TemplateMap, toTemplate } from './template';
import { readStep, StepTemplate } from './workflowFile';

/** An action of the repository itself that is made of steps. */
export interface CompositeAction {
  /** By name, with `default` and `required`. */
  inputs: Record<string, TemplateMap>;
  /** By name; each is an expression over the action's own steps. */
  outputs: TemplateMap;
  steps: StepTemplate[];
}

/**
 * Reads an `action.yml` whose `runs.using` is `composite`.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
 * @throws Error where it is of another kind, or a step says neither or lacks its shell
 */
export const readCompositeAction = (
  text: string,
  uses: string,
): CompositeAction => {
  const file = toMap(toTemplate(parse(text)));
  const runs = toMap(file.runs);
  if (runs.using !== 'composite') {
    throw new Error(
      `${uses}: only composite actions of the repository itself run here, not ${JSON.stringify(
        runs.using ?? null,
      )}`,
    );
  }
  const steps = (Array.isArray(runs.steps) ? runs.steps : []).map(step =>
    readStep(toMap(step)),
  );
  if (steps.some(step => step.run !== undefined && step.shell === undefined)) {
    throw new Error(
      `${uses}: Required property is missing: shell; every run: of a composite action names its own`,
    );
  }
  return {
    inputs: Object.fromEntries(
      Object.entries(toMap(file.inputs)).map(([name, input]) => [
        name,
        toMap(input),
      ]),
    ),
    outputs: Object.fromEntries(
      Object.entries(toMap(file.outputs)).map(([name, output]) => [
        name,
        toMap(output).value ?? null,
      ]),
    ),
    steps,
  };
};

/** What a step hands to an action, with the action's defaults; an input that is not declared stays out, as on GitHub. */
export const resolveCompositeInputs = (
  { inputs }: CompositeAction,
  given: Record<string, string>,
  contexts: Contexts,
): Record<string, string> => {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [
      name,
      given[name] ??
        resolveTexts({ default: input.default ?? '' }, contexts).default,
    ]),
  );
};
