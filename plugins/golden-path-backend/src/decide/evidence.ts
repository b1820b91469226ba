import type {
  CatalogEntry,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';

/** What one source said, and when it was asked. `null`: it answered that there is none. */
export interface Reading<Value> {
  /** Start of the read, in ms since 1970. */
  readAt: number;
  value: Value | null;
}

/** A task's claim on the request, from the scaffolder. Times are ISO 8601 here and below. */
export interface ClaimSeen {
  taskId: string;
  state: 'held' | 'freed' | 'done' | 'taken_over';
  createdAt: string;
  runId?: number;
  pullRequestUrl?: string;
  owner: string;
  component: string;
  username: string;
  requestedBy: string;
  domain?: string;
  risk?: string;
  size?: string;
}

/** The newest pull request from the branch of the request. */
export interface PullRequestSeen {
  number: number;
  url: string;
  state: 'open' | 'merged' | 'closed';
  createdAt: string;
  /** Of its last change. */
  updatedAt: string;
  mergedAt?: string;
  closedAt?: string;
  mergeCommit?: string;
  /** Undefined while GitHub computes it. */
  hasConflict?: boolean;
  /** Since when it conflicts, as far as looks have seen. */
  conflictSince?: string;
  /** Whether nothing keeps it from being merged; undefined while GitHub doesn't say. */
  isClean?: boolean;
  isDraft: boolean;
  /** Each reviewer's last decisive review, as far as it counts for the commit that would be merged. */
  reviews: ReviewSeen[];
}
export interface ReviewSeen {
  by: string;
  state: 'approved' | 'changes_requested';
  at: string;
}

/** A pull request that takes the entry out of the catalog. */
export interface RemovalSeen {
  number: number;
  url: string;
  state: 'open' | 'merged';
  createdAt: string;
  mergedAt?: string;
}

/** A workflow run: of the request, or of a merge commit. */
export interface RunSeen {
  id: number;
  url: string;
  startedAt: string;
  updatedAt: string;
  /** Such as `in_progress`; `waiting` is for the reviewers of a GitHub environment. */
  status: string;
  /** `success`, `failure`, …; undefined while it runs. */
  conclusion?: string;
  failedSteps: string[];
  /** When the step that creates the credentials succeeded. */
  credentialsAt?: string;
}

/** What the infra repo's audit has about the role and its database since the role was last created. */
export interface AuditSeen {
  /** The first row that shows the password of the secret. */
  credentials?: AuditRowSeen;
  /** The newest row of each kind, here and below. */
  created?: AuditRowSeen;
  rotated?: AuditRowSeen;
  /** The role was locked, and no later row unlocks it. */
  retired?: AuditRowSeen;
  unlocked?: AuditRowSeen;
  /** The newest row, if it failed and no later run contradicts it. */
  failed?: AuditRowSeen & { action: string; message: string };
}
export interface AuditRowSeen {
  at: string;
  url?: string;
}

/** An issue of the infra repo about the database. */
export interface IssueSeen {
  number: number;
  url: string;
  at: string;
}

/** Everything that was read about a request, each part at its own time. */
export interface Evidence {
  claim?: Reading<ClaimSeen>;
  pullRequest?: Reading<PullRequestSeen>;
  /** The run that opens the pull request. */
  requestRun?: Reading<RunSeen>;
  /** The run of the merge commit. */
  applyRun?: Reading<RunSeen>;
  /** The entry in the catalog of the base branch. */
  declared?: Reading<CatalogEntry>;
  /** The entry in the catalog of the request's branch. */
  proposed?: Reading<CatalogEntry>;
  /** The last entry that the base branch had, kept after it is taken out. */
  lastDeclared?: Reading<CatalogEntry>;
  /** Open: from the list. Merged: looked for once the entry is gone. */
  removal?: Reading<RemovalSeen>;
  /** The run of the removal's merge commit. */
  removalRun?: Reading<RunSeen>;
  /** The base branch is, or was last, without the entry. The value is when that was first seen, kept after it is declared again. */
  undeclared?: Reading<string>;
  audit?: Reading<AuditSeen>;
  drift?: Reading<IssueSeen>;
  accessReview?: Reading<IssueSeen>;
}
export type EvidencePart = keyof Evidence;

/** What was read about one request. */
export interface Read extends RequestKey {
  evidence: Evidence;
}
