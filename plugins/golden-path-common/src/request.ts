import { z } from 'zod';
import {
  DESCRIPTION_LENGTH_MESSAGE,
  DESCRIPTION_MAX_LENGTH,
  DESCRIPTION_MESSAGE,
  DESCRIPTION_PATTERN,
  FIELD_RULES,
  fieldProblems,
  missingMessage,
  RuledField,
} from './fieldRules';
import { parseOwner } from './names';
import {
  DEFAULT_DOMAIN,
  DEFAULT_RISK,
  DEFAULT_SIZE,
  DOMAINS,
  ENVIRONMENTS,
  Risk,
  RISKS,
  Size,
  SIZES,
} from './options';

/** What a platform team may choose for itself: `goldenPath.{environments, domains}`. */
export interface RequestOptions {
  environments?: readonly string[];
  domains?: readonly string[];
  /** The instance's master, where known. Not allowed as a database user. */
  masterUsername?: string;
}

/** One message, whether the value is missing or not a string. */
const text = (missing: string) =>
  z.string({ required_error: missing, invalid_type_error: missing });

const ruled = (field: RuledField) => {
  const missing = `${FIELD_RULES[field].title}: ${missingMessage(field)}`;
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

const OWNER_MISSING = `${FIELD_RULES.owner.title}: ${missingMessage('owner')}`;

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

/** The schema of a request. The owner is read as an entity reference or a name, and returned as a name. */
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

/** A valid request. */
export type DatabaseRequest = z.output<ReturnType<typeof requestSchema>>;

/** One broken rule: the field, and what to do about it. */
export interface Problem {
  field: string;
  message: string;
}

/** Rules between fields. Checked even when single fields are invalid, so all problems are reported at once. */
const crossFieldProblems = (input: Record<string, unknown>): Problem[] =>
  input.environment === 'dev' && SIZES.slice(1).includes(input.size as never)
    ? [
        {
          field: 'size',
          message: `Size: dev databases are small; choose small, or another environment. Got ${JSON.stringify(
            input.size,
          )}.`,
        },
      ]
    : [];

/**
 * Reads an untrusted request.
 * @returns the request, or a problem for every rule that it breaks, in the order of the form.
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
