/**
 * The rules of every text field of a request, as data. Tests compare the zod schema (`request.ts`), the Backstage form
 * (`templates/backend-app-rds/template.yaml`) and Terraform's validations with this table.
 *
 * @public
 */
export interface FieldRule {
  /** The field's name in the form and in messages. */
  title: string;
  /** A typical value, used in messages and docs. */
  example: string;
  minLength: number;
  maxLength: number;
  /** A regular expression that JSON Schema, JavaScript and RE2 read alike. */
  pattern: string;
  /** The pattern in words: completes "use …". */
  patternMessage: string;
  /** Values that match the pattern and are not allowed, each kind with its reason. */
  not?: readonly ReservedNames[];
  /** Values that are not allowed in existing entries either. In new requests {@link FieldRule.not} refuses them. */
  never?: ReservedNames;
}

/**
 * Names that somebody else reserves.
 *
 * @public
 */
export interface ReservedNames {
  pattern: string;
  /** What to do instead, and why. */
  message: string;
}

/** https://learn.microsoft.com/windows/win32/fileio/naming-a-file: no file or folder has these names. */
const WINDOWS_DEVICES = '^(con|prn|aux|nul|com[0-9]|lpt[0-9])$';

/**
 * PostgreSQL cuts identifiers at 63 bytes (NAMEDATALEN - 1); Kubernetes names a Service by RFC 1035, which starts with a letter.
 *
 * @public
 */
export const FIELD_RULES = {
  component_id: {
    title: 'App name',
    example: 'user-service',
    minLength: 2,
    maxLength: 50,
    pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
    patternMessage:
      'lower-case letters, digits and single hyphens between them',
    not: [
      {
        pattern: '^[0-9]',
        message:
          'begin with a letter, because Kubernetes refuses a Service whose name begins with a digit',
      },
      {
        pattern: '^kubernetes$',
        message:
          'choose another name than kubernetes, which is the Service of the API server',
      },
      {
        pattern: WINDOWS_DEVICES,
        message:
          'choose a name that Windows does not reserve for devices (con, prn, aux, nul, com1, lpt1), because nobody can clone such a repository there',
      },
    ],
  },
  databaseName: {
    title: 'Database name',
    example: 'users_db',
    minLength: 3,
    maxLength: 63,
    pattern: '^[a-z][a-z0-9_]{2,62}$',
    patternMessage:
      'lower-case letters, digits and underscores, beginning with a letter',
    not: [
      {
        pattern: '^(pg_|(postgres|template0|template1|rdsadmin)$)',
        message:
          'choose a name that PostgreSQL and RDS do not reserve (postgres, template0, template1, rdsadmin, pg_…)',
      },
      {
        pattern: WINDOWS_DEVICES,
        message:
          'choose a name that Windows does not reserve for devices (con, prn, aux, nul, com1, lpt1), because nobody can fetch the branch of the pull request there',
      },
    ],
    never: {
      pattern: '^(postgres|template0|template1|rdsadmin)$',
      message:
        "choose a database that isn't PostgreSQL's or RDS's own (postgres, template0, template1, rdsadmin)",
    },
  },
  username: {
    title: 'Database user',
    example: 'users_app_user',
    minLength: 3,
    maxLength: 31,
    pattern: '^[a-z][a-z0-9_]{2,30}$',
    patternMessage:
      'lower-case letters, digits and underscores, beginning with a letter',
    not: [
      {
        pattern:
          '^(pg_|rds|(postgres|public|none|all|current_role|current_user|session_user)$)',
        message:
          'choose a name that PostgreSQL and RDS do not reserve (postgres, public, none, all, current_role, current_user, session_user, pg_…, rds…)',
      },
      {
        pattern: '_clone$',
        message:
          'choose a name that does not end in _clone, the name of the second login that a password rotation creates',
      },
    ],
    never: {
      pattern: '^(pg_|rds_|(postgres|public|none|rdsadmin)$)',
      message:
        "choose a role that isn't PostgreSQL's or RDS's own (postgres, public, none, rdsadmin, pg_…, rds_…)",
    },
  },
  owner: {
    title: 'Owner',
    example: 'platform-team',
    minLength: 1,
    maxLength: 63,
    pattern:
      '^([a-z0-9]+(-+[a-z0-9]+)*/)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$',
    patternMessage:
      'the name of a Group of the catalog: letters, digits, ".", "_" and "-", beginning and ending in a letter or digit, with its namespace and a "/" before it unless that is "default"',
  },
  requestedBy: {
    title: 'Requesting user',
    example: 'jane',
    minLength: 1,
    maxLength: 78,
    pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}((\\[bot\\])? \\(by hand\\))?$',
    patternMessage:
      'the name of the signed-in user: letters, digits, ".", "_" and "-", beginning with a letter or digit; or a GitHub login and " (by hand)"',
  },
} as const satisfies Record<string, FieldRule>;

/** @public */
export type RuledField = keyof typeof FIELD_RULES;

/**
 * The most characters (code points) a description may have.
 *
 * @public
 */
export const DESCRIPTION_MAX_LENGTH = 200;

/**
 * Excludes line breaks (the C0 and C1 controls, Unicode's line and paragraph separators) and lone surrogates, which UTF-8 can't encode.
 *
 * @public
 */
export const DESCRIPTION_PATTERN =
  '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\ud800-\\udfff]*$';

/** @public */
export const DESCRIPTION_MESSAGE = 'write one line without control characters.';
/** @public */
export const DESCRIPTION_LENGTH_MESSAGE = `use at most ${DESCRIPTION_MAX_LENGTH} characters.`;

const say = (what: string, { example }: Pick<FieldRule, 'example'>) =>
  `${what}, such as ${example}.`;

/**
 * What a missing value is told. Without the field's title, which the form adds.
 *
 * @public
 */
export const describeMissing = (field: RuledField) =>
  field === 'owner'
    ? `choose a team, such as group:default/${FIELD_RULES.owner.example}.`
    : `a value is required, such as ${FIELD_RULES[field].example}.`;

/**
 * One message for each rule. Without the field's title, which the form adds.
 *
 * @public
 */
export const describeFieldMessages = (field: RuledField) => {
  const rule: FieldRule = FIELD_RULES[field];
  return {
    pattern: say(`use ${rule.patternMessage}`, rule),
    // Also what the form tells an empty field.
    minLength: say(`fill in at least ${rule.minLength} characters`, rule),
    maxLength: say(`use at most ${rule.maxLength} characters`, rule),
    ...(rule.not
      ? { not: say(rule.not.map(({ message }) => message).join('; '), rule) }
      : {}),
  };
};

/**
 * One pattern for all names that a field reserves, for JSON Schema; undefined if it reserves none.
 *
 * @public
 */
export const reservedPattern = (field: RuledField): string | undefined => {
  const { not }: FieldRule = FIELD_RULES[field];
  return not?.map(({ pattern }) => pattern).join('|');
};

/**
 * A message for every rule that the value breaks, with the field's title; none for a valid value.
 *
 * @public
 */
export const findFieldProblems = (
  field: RuledField,
  value: string,
): string[] => {
  const rule: FieldRule = FIELD_RULES[field];
  const messages = describeFieldMessages(field);
  const length = [...value].length;
  const problems: string[] = [];
  if (length < rule.minLength) problems.push(messages.minLength);
  if (length > rule.maxLength) problems.push(messages.maxLength);
  // A value of the wrong length also fails a pattern that counts characters. Report only the length then.
  const lengthOnly =
    problems.length > 0 &&
    new RegExp(rule.pattern.replace(/\{[0-9,]+\}/, '*')).test(value);
  if (!lengthOnly && !new RegExp(rule.pattern).test(value))
    problems.push(messages.pattern);
  for (const { pattern, message } of rule.not ?? [])
    if (new RegExp(pattern).test(value)) problems.push(say(message, rule));
  return problems.map(problem => `${rule.title}: ${problem}`);
};

/**
 * The same for an existing value: the pattern of the specification, and names that would harm the instance. Other lengths
 * and reserved names are rules for new values only.
 *
 * @public
 */
export const declaredFieldProblems = (
  field: RuledField,
  value: string,
): string[] => {
  const rule: FieldRule = FIELD_RULES[field];
  if (!new RegExp(rule.pattern).test(value))
    return [`${rule.title}: ${describeFieldMessages(field).pattern}`];
  return rule.never && new RegExp(rule.never.pattern).test(value)
    ? [`${rule.title}: ${say(rule.never.message, rule)}`]
    : [];
};
