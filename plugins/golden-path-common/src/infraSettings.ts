import { z } from 'zod';
import { ENVIRONMENTS, environmentNameProblem } from './environments';
import { FIELD_RULES } from './fieldRules';
import {
  CATALOG_PATH,
  DEFAULT_SECRET_PREFIX,
  ENVIRONMENTS_PATH,
} from './names';
import { DOMAINS } from './options';

/**
 * The infra repo's own settings, at its top.
 *
 * @public
 */
export const SETTINGS_PATH = 'goldenpath.yaml';

const listOf = (item: z.ZodType<string>, fallback: readonly string[]) =>
  z
    .array(item, { invalid_type_error: 'use a list' })
    .min(1, 'name at least one')
    .superRefine((names, context) => {
      const twice = names.find((name, index) => names.indexOf(name) < index);
      if (twice !== undefined)
        context.addIssue({
          code: 'custom',
          message: `${JSON.stringify(twice)} is listed twice`,
        });
    })
    .transform((names): readonly string[] => names)
    .default([...fallback]);

const text = z.string({ invalid_type_error: 'use a text' });

/** A value that must match a pattern; `rule` completes "use …". */
const matching = (pattern: RegExp, rule: string) =>
  text.superRefine((value, context) => {
    if (!pattern.test(value))
      context.addIssue({
        code: 'custom',
        message: `${rule}. Got ${JSON.stringify(value)}`,
      });
  });

const environmentName = text.superRefine((name, context) => {
  const problem = environmentNameProblem(name);
  if (problem)
    context.addIssue({
      code: 'custom',
      message: `${problem}. Got ${JSON.stringify(name)}`,
    });
});

/**
 * The rule of each setting. Options of the command line follow the same rules.
 *
 * @public
 */
export const SETTING_RULES = {
  /** A relative path with `/` that stays inside the repo. */
  pathInside: {
    pattern: /^(?!.*(?:^|\/)\.\.(?:\/|$))[A-Za-z0-9._][A-Za-z0-9._/-]*$/,
    rule: 'use a path inside the infra repo',
  },
  secretPrefix: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9/_+=.@-]*$/,
    rule: 'use letters, digits and / _ + = . @ -, beginning with a letter or digit, such as goldenpath',
  },
} as const;

const pathInside = matching(
  SETTING_RULES.pathInside.pattern,
  SETTING_RULES.pathInside.rule,
);

/**
 * The settings of an infra repo, in `goldenpath.yaml`. Every key has a default; an unknown key is a problem.
 *
 * @public
 */
export const infraSettingsSchema = z
  .object({
    environments: listOf(environmentName, ENVIRONMENTS),
    domains: listOf(
      matching(
        /^[a-z0-9]+(-[a-z0-9]+)*$/,
        'use lower-case letters, digits and single hyphens between them',
      ),
      DOMAINS,
    ),
    catalog: pathInside.default(CATALOG_PATH),
    environmentsPath: pathInside.default(ENVIRONMENTS_PATH),
    secretPrefix: matching(
      SETTING_RULES.secretPrefix.pattern,
      SETTING_RULES.secretPrefix.rule,
    ).default(DEFAULT_SECRET_PREFIX),
    /** Slug of the GitHub team that approves large sizes. */
    approvers: matching(
      /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/,
      'use the slug of a team, such as platform-team',
    ).default(FIELD_RULES.owner.example),
  })
  .strict();
/** @public */
export type InfraSettings = z.output<typeof infraSettingsSchema>;

/**
 * The settings of an infra repo without a `goldenpath.yaml`.
 *
 * @public
 */
export const defaultInfraSettings = (): InfraSettings =>
  infraSettingsSchema.parse({});

/**
 * Parses untrusted settings.
 * @returns the settings with every default, or every problem as `key: reason`
 *
 * @public
 */
export const parseInfraSettings = (
  input: unknown,
): { settings: InfraSettings } | { problems: string[] } => {
  const result = infraSettingsSchema.safeParse(input);
  if (result.success) return { settings: result.data };
  const known = Object.keys(infraSettingsSchema.shape).join(', ');
  return {
    problems: result.error.issues.flatMap(issue => {
      if (issue.code === 'unrecognized_keys')
        return issue.keys.map(key => `${key}: use one of ${known}`);
      if (issue.path.length === 0) return [`use the keys ${known}`];
      return [`${issue.path.join('.')}: ${issue.message}`];
    }),
  };
};
