import { Size, SIZES } from './options';

/**
 * The shape of an environment's name: it is part of secrets, branches, host names and Kubernetes names.
 *
 * @public
 */
export const ENVIRONMENT_PATTERN = '^[a-z][a-z0-9]{1,14}$';
/** Names that something else has already, and what. */
const KEPT_NAMES: ReadonlyArray<[names: readonly string[], why: string]> = [
  [['audit'], 'the branches database/audit/… hold the audit'],
  [
    ['null', 'true', 'false', 'yes', 'no', 'on', 'off'],
    'YAML reads this one as something else than a text',
  ],
];

/**
 * What is wrong with a name for an environment, as "use …"; undefined where it is fine.
 *
 * @public
 */
export const environmentNameProblem = (name: string): string | undefined => {
  if (!new RegExp(ENVIRONMENT_PATTERN).test(name))
    return 'use 2 to 15 lower-case letters and digits, beginning with a letter, such as perf';
  const kept = KEPT_NAMES.find(([names]) => names.includes(name));
  return kept && `use another name: ${kept[1]}`;
};

/**
 * What an environment means for the databases and apps in it.
 *
 * @public
 */
export interface EnvironmentTerms {
  sizes: readonly Size[];
  /** Whether a person approves each change of its instance: `--require-approval`, and a GitHub environment with reviewers. */
  needsApproval: boolean;
  /** `spec.lifecycle` of an app that is made for it. */
  lifecycle: 'experimental' | 'production';
  logLevel: 'debug' | 'info' | 'warn';
  replicas: number;
  /** Which of cert-manager's issuers (`goldenPath.cluster.issuers`) certifies its host names; plain HTTP without one. */
  issuer?: 'staging' | 'prod';
  /** What stands between the app's name and the domain in its host name. */
  hostLabel: string;
}

/** What every environment is, as far as {@link SPECIAL_TERMS} doesn't say otherwise: what the specification says of staging. */
const usualTerms = (environment: string): EnvironmentTerms => ({
  sizes: SIZES,
  needsApproval: true,
  lifecycle: 'experimental',
  logLevel: 'info',
  replicas: 2,
  issuer: 'staging',
  hostLabel: `.${environment}`,
});

/** The only place where code treats one environment differently from another. */
const SPECIAL_TERMS: Record<string, Partial<EnvironmentTerms>> = {
  dev: {
    sizes: ['small'],
    needsApproval: false,
    logLevel: 'debug',
    replicas: 1,
    issuer: undefined,
  },
  test: { logLevel: 'debug', replicas: 1, issuer: undefined },
  staging: {},
  prod: {
    lifecycle: 'production',
    logLevel: 'warn',
    replicas: 3,
    issuer: 'prod',
    hostLabel: '',
  },
};

/**
 * The environments, unless `goldenPath.environments` and the infra repo's `goldenpath.yaml` name others.
 *
 * @public
 */
export const ENVIRONMENTS: readonly string[] = Object.keys(SPECIAL_TERMS);

/** @public */
export const environmentTerms = (environment: string): EnvironmentTerms => ({
  ...usualTerms(environment),
  ...(Object.hasOwn(SPECIAL_TERMS, environment)
    ? SPECIAL_TERMS[environment]
    : {}),
});
