import { z } from 'zod';
import { ENVIRONMENTS, environmentTerms } from './environments';
import {
  DESCRIPTION_LENGTH_MESSAGE,
  DESCRIPTION_MAX_LENGTH,
  DESCRIPTION_MESSAGE,
  DESCRIPTION_PATTERN,
  FIELD_RULES,
  fieldProblems,
  RuledField,
} from './fieldRules';
import { parseOwner } from './names';
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
  /** The name of the instance's master, where it is known: no request may take it. */
  masterUsername?: string;
}

/** Says the same whether a value is missing or is no text at all. */
const text = (missing: string) =>
  z.string({ required_error: missing, invalid_type_error: missing });

const ruled = (field: RuledField) => {
  const { title, example } = FIELD_RULES[field];
  const missing = `${title}: a value is required, such as ${example}.`;
  return text(missing).superRefine((value, context) => {
    const problems =
      value === ''
        ? [missing]
        : fieldProblems(field, value).map(
            message => `${message} Got ${JSON.stringify(value)}.`,
          );
    for (const message of problems)
      context.addIssue({ code: 'custom', message });
  });
};

const choice = (title: string, choices: readonly string[]) =>
  text(`${title}: choose one of ${choices.join(', ')}.`).superRefine(
    (value, context) => {
      if (!choices.includes(value)) {
        context.addIssue({
          code: 'custom',
          message: `${title}: choose one of ${choices.join(
            ', ',
          )}. Got ${JSON.stringify(value)}.`,
        });
      }
    },
  );

const OWNER_MISSING = `Owner: choose a team, such as group:default/${FIELD_RULES.owner.example}.`;

const owner = text(OWNER_MISSING).transform((ref, context) => {
  if (ref === '') {
    context.addIssue({ code: 'custom', message: OWNER_MISSING });
    return z.NEVER;
  }
  const parsed = parseOwner(ref);
  if ('problem' in parsed) {
    context.addIssue({
      code: 'custom',
      message: `${parsed.problem} Got ${JSON.stringify(ref)}.`,
    });
    return z.NEVER;
  }
  for (const message of fieldProblems('owner', parsed.name)) {
    context.addIssue({
      code: 'custom',
      message: `${message} Got ${JSON.stringify(ref)}.`,
    });
  }
  return parsed.name;
});

const description = text(`Description: ${DESCRIPTION_MESSAGE}`).superRefine(
  (value, context) => {
    if (!new RegExp(DESCRIPTION_PATTERN, 'u').test(value))
      context.addIssue({
        code: 'custom',
        message: `Description: ${DESCRIPTION_MESSAGE}`,
      });
    if ([...value].length > DESCRIPTION_MAX_LENGTH)
      context.addIssue({
        code: 'custom',
        message: `Description: ${DESCRIPTION_LENGTH_MESSAGE}`,
      });
  },
);

/**
 * The schema of a whole request. The owner comes in as an entity reference or a bare name and goes out bare.
 *
 * @public
 */
export const requestSchema = (options: RequestOptions = {}) => {
  const {
    environments = ENVIRONMENTS,
    domains = DOMAINS,
    masterUsername,
  } = options;
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
      owner,
      environment: choice('Environment', environments),
      description: description.default(''),
      domain: choice('Domain', domains).default(DEFAULT_DOMAIN),
      risk: choice('Risk', RISKS)
        .default(DEFAULT_RISK)
        .transform(value => value as Risk),
      size: choice('Size', SIZES)
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

/**
 * One broken rule: the field it belongs to, and what to do about it.
 *
 * @public
 */
export interface Problem {
  field: string;
  message: string;
}

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
 * @returns the request, or every rule that it breaks, in the order of the form.
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
  const single = result.success
    ? []
    : result.error.issues.map(issue => ({
        field: issue.path.join('.') || '(request)',
        message: issue.message,
      }));
  return { problems: [...single, ...across] };
};
