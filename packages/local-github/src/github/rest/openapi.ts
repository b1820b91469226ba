import Ajv, { ErrorObject, ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import description from '../../../openapi/github.json';

interface Operation {
  requestBody?: { required?: boolean; content?: Content };
  responses: Record<string, { content?: Content }>;
}
type Content = Record<string, { schema?: object }>;
const paths = description.paths as unknown as Record<
  string,
  Record<string, Operation>
>;

const ID = 'github';
const ajv = new Ajv({
  strict: false,
  allErrors: true,
  validateFormats: true,
});
addFormats(ajv);
// Formats that JSON Schema doesn't have; and git takes, and GitHub shows, any address.
for (const format of ['int64', 'int32', 'timezone', 'repo.nwo', 'email'])
  ajv.addFormat(format, true);
ajv.addSchema({ $id: ID, components: description.components });

const validators = new Map<object, ValidateFunction>();
const getValidator = (schema: object): ValidateFunction => {
  let validator = validators.get(schema);
  if (!validator) {
    validator = ajv.compile(addId(schema));
    validators.set(schema, validator);
  }
  return validator;
};

/** References point into the description as a whole. */
const addId = (schema: object): object =>
  JSON.parse(
    JSON.stringify(schema).replaceAll('"#/components/', `"${ID}#/components/`),
  );

/** Every operation of the trimmed description, as `METHOD /path`. */
export const listDescribedOperations = (): string[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
  );

const getOperation = (name: string): Operation => {
  const [method, path] = name.split(' ');
  return paths[path][method.toLowerCase()];
};

/** What a body breaks of an operation's schema; empty where nothing. */
export const findRequestProblems = (
  operation: string,
  body: unknown,
): ErrorObject[] => {
  const { requestBody } = getOperation(operation);
  const schema = requestBody?.content?.['application/json']?.schema;
  if (!schema) return [];
  const isMissing = body === undefined || isEmptyObject(body);
  if (isMissing && !requestBody.required) return [];
  const validate = getValidator(schema);
  validate(body ?? {});
  return validate.errors ?? [];
};

const isEmptyObject = (value: unknown) =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length === 0;

/**
 * What an answer breaks of the description, in words; undefined where nothing. The description doesn't list every error of
 * an operation, so one that it leaves out only has to look like GitHub's errors.
 */
export const findResponseProblem = (
  operation: string,
  answer: { status: number; body?: unknown; type?: string },
): string | undefined => {
  const response = getOperation(operation).responses[String(answer.status)];
  if (!response) {
    if (answer.status < 400)
      return `the description has no answer ${answer.status}`;
    return isError(answer.body)
      ? undefined
      : `an answer ${answer.status} without message and documentation_url`;
  }
  if (answer.type && answer.type !== 'application/json') return undefined;
  if (answer.status >= 400 && isError(answer.body)) return undefined;
  const schema = response.content?.['application/json']?.schema;
  if (!schema || answer.status === 304) {
    return answer.body === undefined
      ? undefined
      : `an answer ${answer.status} has no body`;
  }
  const validate = getValidator(schema);
  const body: unknown = JSON.parse(JSON.stringify(answer.body ?? null));
  return validate(body)
    ? undefined
    : `an answer ${answer.status} is not as described: ${ajv.errorsText(
        validate.errors,
        { dataVar: 'body' },
      )}`;
};

const isError = (body: unknown) => {
  const { message, documentation_url: url } = (body ?? {}) as Record<
    string,
    unknown
  >;
  return typeof message === 'string' && typeof url === 'string';
};
