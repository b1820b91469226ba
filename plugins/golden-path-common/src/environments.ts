import { Size, SIZES } from './options';

/**
 * The pattern of an environment's name, which is part of secrets, branches, host names and Kubernetes names.
 *
 * @public
 */
export const ENVIRONMENT_PATTERN = '^[a-z][a-z0-9]{1,14}$';
/** Reserved names, and what uses them. */
const KEPT_NAMES: ReadonlyArray<[names: readonly string[], why: string]> = [
  [['audit'], 'the branches database/audit/… hold the audit'],
  [
    ['null', 'true', 'false', 'yes', 'no', 'on', 'off'],
    'YAML reads this one as something else than a text',
  ],
];

/**
 * Checks the name of an environment. Returns the problem as "use …"; undefined for a valid name.
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
  /** Whether each change of its instance requires approval: `--require-approval`, and a GitHub environment with reviewers. */
  needsApproval: boolean;
  /** `spec.lifecycle` of an app that is created for it. */
  lifecycle: 'experimental' | 'production';
  logLevel: 'debug' | 'info' | 'warn';
  replicas: number;
  /** Whether a version tag of an app builds an image for it. */
  takesTags: boolean;
  /** The cert-manager issuer (`goldenPath.cluster.issuers`) for its host names; plain HTTP without one. */
  issuer?: 'staging' | 'prod';
  /** The part of the host name between the app's name and the domain. */
  hostLabel: string;
}

/** The terms of an environment unless {@link SPECIAL_TERMS} overrides them: those of staging in the specification. */
const usualTerms = (environment: string): EnvironmentTerms => ({
  sizes: SIZES,
  needsApproval: true,
  lifecycle: 'experimental',
  logLevel: 'info',
  replicas: 2,
  takesTags: false,
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
  staging: { takesTags: true },
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
