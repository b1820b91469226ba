import { DefaultPermissions } from '../../actions/decide/permissions';
import { RunRecord } from '../../actions/types';

/** Everything the local GitHub remembers beside git itself, as it stands in the state file. Times are ISO 8601, UTC. */
export interface GitHubState {
  version: 1;
  /** The last id given to anything. */
  lastId: number;
  lastRunId: number;
  lastJobId: number;
  accounts: Account[];
  teams: Team[];
  repositories: Repository[];
  runs: RunRecord[];
  /** Missing in states that are older than apps. */
  apps?: GitHubApp[];
  /** Of the key pair that secrets are sealed with, base64. */
  secretsKey?: { publicKey: string; privateKey: string };
}

export interface GitHubApp {
  id: number;
  slug: string;
  /** PEM. */
  publicKey: string;
  createdAt: string;
  /** Since when its installations are suspended. */
  suspendedAt?: string;
  /** To contents, issues and pull requests where it is missing. */
  permissions?: AppPermissions;
}

/** By name as the REST API has it, for instance `pull_requests`. */
export type AppPermissions = Record<string, 'read' | 'write' | 'admin'>;

export interface Account {
  id: number;
  login: string;
  type: 'User' | 'Organization' | 'Bot';
  createdAt: string;
}

export interface Team {
  id: number;
  org: string;
  slug: string;
  name: string;
  createdAt: string;
  /** By login. Missing in states that are older than members. */
  members?: Record<string, TeamRole>;
}

export type TeamRole = 'member' | 'maintainer';
export type Permission = 'pull' | 'triage' | 'push' | 'maintain' | 'admin';

export interface Repository {
  id: number;
  owner: string;
  name: string;
  isPrivate: boolean;
  description: string | null;
  homepage: string | null;
  defaultBranch: string;
  createdAt: string;
  updatedAt: string;
  pushedAt: string;
  topics: string[];
  settings: RepositorySettings;
  /** `read` where it is missing. */
  workflowPermissions?: DefaultPermissions;
  /** "Allow GitHub Actions to create and approve pull requests"; true where it is missing. */
  mayOpenPulls?: boolean;
  /** Runs start no more, as after "Disable actions" in the settings. */
  actionsDisabled?: boolean;
  /** Paths of the workflow files that are disabled one by one. */
  disabledWorkflows?: string[];
  /** By login. */
  collaborators: Record<string, string>;
  /** By slug. */
  teams: Record<string, string>;
  variables: Record<string, Variable>;
  /** Missing in states that are older than environments. */
  environments?: Environment[];
  secrets: Record<string, Variable>;
  /** By branch. */
  protections: Record<string, BranchProtection>;
  labels: Label[];
  issues: Issue[];
  /** Who moved which ref, oldest first. Missing in states that are older. */
  activities?: Activity[];
}

/** One move of a branch or a tag. */
export interface Activity {
  id: number;
  /** Full. */
  ref: string;
  before: string;
  after: string;
  type:
    | 'push'
    | 'force_push'
    | 'branch_creation'
    | 'branch_deletion'
    | 'pr_merge';
  /** Login of whoever was authenticated, whoever the commits name. */
  actor: string;
  createdAt: string;
}

export interface RepositorySettings {
  has_issues: boolean;
  has_projects: boolean;
  has_wiki: boolean;
  allow_merge_commit: boolean;
  allow_squash_merge: boolean;
  allow_rebase_merge: boolean;
  allow_auto_merge: boolean;
  allow_update_branch: boolean;
  delete_branch_on_merge: boolean;
  squash_merge_commit_title: 'PR_TITLE' | 'COMMIT_OR_PR_TITLE';
  squash_merge_commit_message: 'PR_BODY' | 'COMMIT_MESSAGES' | 'BLANK';
  archived: boolean;
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments */
export interface Environment {
  id: number;
  name: string;
  createdAt: string;
  updatedAt: string;
  /** Which refs may deploy: all, branches that are protected, or those that a pattern names. */
  openTo: 'all' | 'protected' | 'patterns';
  patterns: DeploymentPattern[];
  /** Whom jobs wait for; one of them is enough. Logins, and slugs of teams. */
  reviewers: { users: string[]; teams: string[] };
  /** Whoever started a run can't approve it. */
  preventSelfReview: boolean;
  variables: Record<string, Variable>;
  secrets: Record<string, Variable>;
}

/** Names of branches or tags that may deploy, in the syntax of Ruby's File.fnmatch. */
export interface DeploymentPattern {
  id: number;
  name: string;
  type: 'branch' | 'tag';
}

/** A variable or a secret. */
export interface Variable {
  value: string;
  createdAt: string;
  updatedAt: string;
}

/** What `PUT …/protection` was sent, as far as it is looked at again. */
export interface BranchProtection {
  enforceAdmins: boolean;
  requiredStatusChecks: { strict: boolean; contexts: string[] } | null;
  requiredReviews: {
    dismissStale: boolean;
    codeOwners: boolean;
    count: number;
    lastPushApproval: boolean;
    /** Slugs of the apps that need no pull request. */
    bypassApps?: string[];
  } | null;
  requiredSignatures: boolean;
  linearHistory: boolean;
  allowForcePushes: boolean;
  allowDeletions: boolean;
  blockCreations: boolean;
  conversationResolution: boolean;
}

export interface Label {
  id: number;
  name: string;
  color: string;
  description: string;
}

/** An issue; with `pull` a pull request: both share one row of numbers. */
export interface Issue {
  id: number;
  number: number;
  title: string;
  body: string | null;
  /** Login. */
  author: string;
  isOpen: boolean;
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  /** Names. */
  labels: string[];
  comments: Comment[];
  /** Missing where nothing has happened yet that is one. */
  events?: LabelEvent[];
  pull?: Pull;
}

export interface Pull {
  /** Branch names; the head is in the same repository. */
  base: string;
  head: string;
  /** The base's tip when it was opened or last synchronised; once merged, what it was merged onto. */
  baseSha: string;
  headSha: string;
  isDraft: boolean;
  /** Teams that were asked for a review, each as often as it was asked. */
  reviewRequests?: ReviewRequest[];
  /** In the order in which they were submitted. */
  reviews?: PullReview[];
  mergedAt: string | null;
  mergedBy: string | null;
  mergeCommitSha: string | null;
}

export interface PullReview {
  id: number;
  author: string;
  body: string;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED';
  /** Head of the pull request at that time. */
  commitSha: string;
  submittedAt: string;
}

export interface ReviewRequest {
  id: number;
  /** Its slug. */
  team: string;
  /** Login of whoever asked. */
  actor: string;
  createdAt: string;
}

/** A label came or went. */
export interface LabelEvent {
  id: number;
  event: 'labeled' | 'unlabeled';
  /** Its name. */
  label: string;
  /** Login. */
  actor: string;
  createdAt: string;
}

export interface Comment {
  id: number;
  author: string;
  body: string;
  createdAt: string;
  updatedAt: string;
}
