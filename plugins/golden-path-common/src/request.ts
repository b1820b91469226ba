import { z } from 'zod';
import { ENVIRONMENTS, environmentTerms } from './environments';
import {
  createChoiceField,
  createDescriptionField,
  createOwnerField,
  Problem,
  toProblems,
  createRuledField,
} from './fields';
import { findFieldProblems, RuledField } from './fieldRules';
import { foldOwner } from './names';
import {
  DEFAULT_DOMAIN,
  DEFAULT_RISK,
  DEFAULT_SIZE,
  DOMAINS,
  Risk,
  RISKS,
  Size,
  SIZES,
} from './options';

/**
 * What a platform team may choose for itself: `goldenPath.{environments, domains}`.
 *
 * @public
 */
export interface RequestOptions {
  environments?: readonly string[];
  domains?: readonly string[];
  /** The instance's master, where known. Not allowed as a database user. */
  masterUsername?: string;
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const LABEL_MAX_LENGTH = 63;

/** In the label of an owner, `..` replaces the "/": it is one character longer. */
const findLabelProblems = (owner: string): string[] =>
  owner.includes('/') && owner.length === LABEL_MAX_LENGTH
    ? [
        `Owner: use a Group whose namespace and name have at most ${
          LABEL_MAX_LENGTH - 1
        } characters, because Kubernetes labels hold ${LABEL_MAX_LENGTH}.`,
      ]
    : [];

const ruled = (field: RuledField) => createRuledField(field, findFieldProblems);

/** Whether the app exists, and only its database is requested. Absent, not false: older claims don't have it. */
const createExistingAppField = () =>
  z
    .boolean({
      invalid_type_error: 'The app exists already: use true or false.',
    })
    .optional()
    .transform(value => value || undefined);

/** The fields that every app has, with and without a database. */
const appFields = ({
  environments = ENVIRONMENTS,
  domains = DOMAINS,
}: RequestOptions) => ({
  component_id: ruled('component_id'),
  owner: createOwnerField((field, owner) => [
    ...findFieldProblems(field, owner),
    ...findLabelProblems(owner),
  ]).transform(foldOwner),
  environment: createChoiceField('Environment', environments),
  description: createDescriptionField().default(''),
  domain: createChoiceField('Domain', domains).default(DEFAULT_DOMAIN),
  requestedBy: ruled('requestedBy'),
});

/**
 * The schema of a new app without a database: the fields that {@link requestSchema} has, too, with the same rules.
 *
 * @public
 */
export const appSchema = (options: RequestOptions = {}) =>
  z.object(appFields(options)).strict();

/**
 * A valid app. A {@link DatabaseRequest} is one, with a database.
 *
 * @public
 */
export type AppRequest = z.output<ReturnType<typeof appSchema>>;

/**
 * The schema of a new request: what may be requested. Its rules may grow: `declaredSchema` reads existing entries, and
 * accepts everything that this one accepts. The owner is read as an entity reference or a name, and returned
 * as {@link parseOwner} does, in lower case.
 *
 * @public
 */
export const requestSchema = (options: RequestOptions = {}) => {
  const { component_id, owner, environment, description, domain, requestedBy } =
    appFields(options);
  const { masterUsername } = options;
  // In the order of the form, which is that of the problems.
  return z
    .object({
      component_id,
      databaseName: ruled('databaseName'),
      username: ruled('username').refine(
        value => masterUsername === undefined || value !== masterUsername,
        value => ({
          message: `Database user: "${value}" is the master of the instance; choose another name.`,
        }),
      ),
      owner,
      environment,
      description,
      existingApp: createExistingAppField(),
      domain,
      risk: createChoiceField('Risk', RISKS)
        .default(DEFAULT_RISK)
        .transform(value => value as Risk),
      size: createChoiceField('Size', SIZES)
        .default(DEFAULT_SIZE)
        .transform(value => value as Size),
      requestedBy,
    })
    .strict();
};

/**
 * A valid request.
 *
 * @public
 */
export type DatabaseRequest = z.output<ReturnType<typeof requestSchema>>;

/**
 * Whether a request, valid or not, is for a database: it has a field that only such a request has.
 *
 * @public
 */
export const isDatabaseRequest = <Input extends object>(
  request: Input,
): request is Input & DatabaseRequest => {
  const ofApps = appSchema().shape;
  return Object.keys(requestSchema().shape).some(
    field => !(field in ofApps) && field in request,
  );
};

/** Rules between fields. Checked even when single fields are invalid, so all problems are reported at once. */
const crossFieldProblems = ({
  environment,
  size,
}: Record<string, unknown>): Problem[] => {
  if (typeof environment !== 'string' || !SIZES.includes(size as Size))
    return [];
  const { sizes } = environmentTerms(environment);
  if (sizes.includes(size as Size)) return [];
  const allowed = sizes.join(' or ');
  return [
    {
      field: 'size',
      message: `Size: ${environment} databases are ${allowed}; choose ${allowed}, or another environment. Got ${JSON.stringify(
        size,
      )}.`,
    },
  ];
};

/**
 * Reads an untrusted request.
 * @returns the request, or a problem for every rule that it breaks, in the order of the form.
 *
 * @public
 */
export const parseRequest = (
  input: unknown,
  options: RequestOptions = {},
): { request: DatabaseRequest } | { problems: Problem[] } => {
  const result = requestSchema(options).safeParse(input);
  const across =
    typeof input === 'object' && input !== null
      ? crossFieldProblems(input as Record<string, unknown>)
      : [];
  if (result.success && across.length === 0) return { request: result.data };
  return {
    problems: [...(result.success ? [] : toProblems(result.error)), ...across],
  };
};

/**
 * Reads an untrusted request for an app without a database.
 * @returns the app, or a problem for every rule that it breaks, in the order of the form.
 *
 * @public
 */
export const parseApp = (
  input: unknown,
  options: RequestOptions = {},
): { request: AppRequest } | { problems: Problem[] } => {
  const result = appSchema(options).safeParse(input);
  return result.success
    ? { request: result.data }
    : { problems: toProblems(result.error) };
};
