import { ENVIRONMENTS } from '@goldenpath/plugin-golden-path-common';

/** A relative path with `/` that stays below where it starts. */
const INSIDE = /^(?!.*(?:^|\/)\.\.(?:\/|$))[A-Za-z0-9._][A-Za-z0-9._/-]*$/;

/** What an option's value has to look like, and how to say so. */
export type SettingRule = [
  option: string,
  value: string | undefined,
  pattern: RegExp,
  rule: string,
];

/** The options that tell an infra repo's ways, and their rules. */
export const infraRepoRules = (flags: {
  mode?: string;
  catalog?: string;
  environmentsPath?: string;
  secretPrefix: string;
}): SettingRule[] => [
  [
    '--mode',
    flags.mode,
    /^(?:auto|standalone|coupled)$/,
    'use one of auto, standalone, coupled',
  ],
  [
    '--secret-prefix',
    flags.secretPrefix,
    /^[A-Za-z0-9][A-Za-z0-9/_+=.@-]*$/,
    'use letters, digits and / _ + = . @ -, beginning with a letter or digit, such as goldenpath',
  ],
  catalogRule(flags.catalog),
  [
    '--environments-path',
    flags.environmentsPath,
    INSIDE,
    'use a path inside the infra repo',
  ],
];

/** One line for each value that breaks its rule; an option that isn't given breaks none. */
export const settingProblems = (rules: readonly SettingRule[]): string[] =>
  neededProblems(rules.filter(([, value]) => value !== undefined));

/** The same for options that have to be given. */
export const neededProblems = (rules: readonly SettingRule[]): string[] =>
  rules
    .filter(([, value, pattern]) => value === undefined || !pattern.test(value))
    .map(([option, value, , rule]) =>
      value === undefined
        ? `${option}: ${rule}.`
        : `${option}: ${rule}. Got ${JSON.stringify(value)}.`,
    );

/** All problems in one message. */
export const problemsText = (problems: readonly string[]): string =>
  problems.length === 1
    ? problems[0]
    : `${problems.length} things are wrong with the command line:\n${problems
        .map(problem => `  ${problem}`)
        .join('\n')}`;

/** The environment that a command is about. */
export const environmentRule = (
  environment: string | undefined,
): SettingRule => [
  '--env',
  environment,
  new RegExp(`^(?:${ENVIRONMENTS.join('|')})$`),
  `use one of ${ENVIRONMENTS.join(', ')}`,
];

/** A host name, or an address: one of IPv6 has two colons at least. */
const HOST =
  /^(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9._])?|[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)$/;

/** The instance, where it is given by hand. */
export const hostRule = (host: string | undefined): SettingRule => [
  '--host',
  host,
  HOST,
  'use a host name or an address, without a port, such as db.example.com',
];

/** The branch that pull requests go into. */
export const baseRule = (base: string): SettingRule => [
  '--base',
  base,
  /^(?!.*(?:\.\.|\/\/|\.lock$|\/$|\.$))[A-Za-z0-9][A-Za-z0-9._/-]*$/,
  'use the name of a branch, such as main',
];

/** The catalog, where it isn't at its usual place. */
export const catalogRule = (catalog: string | undefined): SettingRule => [
  '--catalog',
  catalog,
  INSIDE,
  'use a path inside the infra repo',
];
