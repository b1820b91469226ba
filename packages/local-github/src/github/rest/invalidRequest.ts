import { ErrorObject } from 'ajv';

/** GitHub's words for a body that isn't as its description has it: `Invalid request.` and a line for each rule. */
export const describeInvalidRequest = (problems: ErrorObject[]): string => {
  const lines = problems
    .map(describeProblem)
    .filter(text => text !== undefined);
  return ['Invalid request.', ...new Set(lines)].join('\n\n');
};

const describeProblem = (problem: ErrorObject): string | undefined => {
  const { keyword, params, instancePath, data, schema } = problem;
  const place = `'properties${instancePath}'`;
  switch (keyword) {
    case 'required':
      return `"${params.missingProperty}" wasn't supplied.`;
    case 'type':
      return `For ${place}, ${JSON.stringify(data)} is not ${chooseArticle(
        [schema].flat().join(' or '),
      )}.`;
    case 'enum':
      return `For ${place}, ${JSON.stringify(
        data,
      )} is not a member of ${JSON.stringify(schema)}.`;
    case 'additionalProperties':
      return `"${params.additionalProperty}" is not a permitted key.`;
    case 'anyOf':
    case 'oneOf':
      return `No subschema in "${keyword}" matched.`;
    default:
      return `For ${place}, ${problem.message}.`;
  }
};

const chooseArticle = (type: string) =>
  /^[aio]/.test(type) ? `an ${type}` : `a ${type}`;
