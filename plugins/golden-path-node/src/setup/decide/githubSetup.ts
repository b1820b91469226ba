import type { Reading } from './setupPoint';

/**
 * The settings of the infra repo on GitHub, as far as the token may read them.
 *
 * @public
 */
export interface GitHubSetup {
  /** IDs of the repo and its owner, which are part of the subject of OIDC tokens. */
  ids: Reading<{ owner: number; repo: number }>;
  /** Variables of the repo by name, with those of the organization that the repo may use. */
  variables: Reading<Record<string, string>>;
  /** Names of secrets of the repo, and of those of the organization that the repo may use. */
  secrets: Reading<string[]>;
  environments: Reading<GitHubEnvironment[]>;
  /** What protection and rulesets of the branch require together. */
  branch: Reading<BranchRules>;
  workflows: Reading<WorkflowPermissions>;
  /** Permission by slug of the teams with access. */
  teams: Reading<Record<string, string>>;
}

/** @public */
export interface GitHubEnvironment {
  name: string;
  hasReviewers: boolean;
  /** Which branches and tags may use it. */
  openTo: Reading<'all' | 'protected branches' | RefPattern[]>;
  variables: Reading<Record<string, string>>;
  /** Names. */
  secrets: Reading<string[]>;
}

/** @public */
export interface RefPattern {
  name: string;
  type: 'branch' | 'tag';
}

/** @public */
export interface BranchRules {
  /** Names of required checks. */
  checks: string[];
  /** Number of required approvals; 0 without. */
  approvals: number;
  codeOwners: boolean;
  allowsForcePushes: boolean;
  allowsDeletion: boolean;
  /** Undefined where only rulesets protect the branch: they don't say who may bypass them. */
  includesAdmins: boolean | undefined;
}

/** @public */
export interface WorkflowPermissions {
  /** Of GITHUB_TOKEN where a workflow names none. */
  byDefault: 'read' | 'write';
  mayOpenPulls: boolean;
}

/**
 * What the settings are compared with.
 *
 * @public
 */
export interface ExpectedSetup {
  /** Of goldenpath.yaml. */
  environments: readonly string[];
  /** Slug of the team. */
  approvers: string;
  /** The branch that the workflows run on. */
  branch: string;
}

export const CLI_VARIABLE = 'GOLDENPATH_CLI';
export const APP_ID = 'GOLDENPATH_APP_ID';
export const APP_KEY = 'GOLDENPATH_APP_PRIVATE_KEY';
export const REVIEW_APP_ID = 'GOLDENPATH_REVIEW_APP_ID';
export const REVIEW_APP_KEY = 'GOLDENPATH_REVIEW_APP_PRIVATE_KEY';
export const ROTATION_VARIABLE = 'GOLDENPATH_ROTATION';
export const REQUEST_ENVIRONMENT = 'rds-request';
export const REVIEW_ENVIRONMENT = 'rds-review';

/** The GitHub environment of the drift check. */
export const nameCheckEnvironment = (environment: string): string =>
  `${environment}-check`;

/** The GitHub environment of `rds-rotate.yml`. */
export const nameRotateEnvironment = (environment: string): string =>
  `${environment}-rotate`;

/** Names of variables have capitals only. */
export const nameVariable = (prefix: string, environment: string): string =>
  `${prefix}_${environment.toUpperCase()}`;

/** The value; an empty one counts as missing. */
export const readVariable = (
  variables: Record<string, string>,
  name: string,
): string | undefined =>
  (Object.hasOwn(variables, name) && variables[name].trim()) || undefined;
