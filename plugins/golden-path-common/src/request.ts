import { z } from 'zod';
import { ENVIRONMENTS, environmentTerms } from './environments';
import {
  choiceField,
  descriptionField,
  ownerField,
  Problem,
  problemsOfIssues,
  ruledField,
} from './fields';
import { fieldProblems, RuledField } from './fieldRules';
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

/**
 * The schema of a new request: what may be requested. Its rules may grow; what is declared already is read by
 * `declaredSchema`, which takes all that this one takes. The owner comes in as an entity reference or a bare name and
 * goes out bare.
 *
 * @public
 */
export const requestSchema = (options: RequestOptions = {}) => {
  const {
    environments = ENVIRONMENTS,
    domains = DOMAINS,
    masterUsername,
  } = options;
  const ruled = (field: RuledField) => ruledField(field, fieldProblems);
  return z
    .object({
      component_id: ruled('component_id'),
      databaseName: ruled('databaseName'),
      username: ruled('username').refine(
        value => masterUsername === undefined || value !== masterUsername,
        value => ({
          message: `Database user: "${value}" is the master of the instance; choose another name.`,
        }),
      ),
      owner: ownerField(fieldProblems),
      environment: choiceField('Environment', environments),
      description: descriptionField().default(''),
      domain: choiceField('Domain', domains).default(DEFAULT_DOMAIN),
      risk: choiceField('Risk', RISKS)
        .default(DEFAULT_RISK)
        .transform(value => value as Risk),
      size: choiceField('Size', SIZES)
        .default(DEFAULT_SIZE)
        .transform(value => value as Size),
      requestedBy: ruled('requestedBy'),
    })
    .strict();
};

/**
 * A request that keeps every rule of the contract.
 *
 * @public
 */
export type DatabaseRequest = z.output<ReturnType<typeof requestSchema>>;

/** Rules that hold between fields; they are asked even when single fields are wrong, so that all problems come at once. */
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
    problems: [
      ...(result.success ? [] : problemsOfIssues(result.error)),
      ...across,
    ],
  };
};
