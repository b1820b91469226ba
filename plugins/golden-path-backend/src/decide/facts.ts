import {
  foldOwner,
  formatOwnerRef,
  parseDeclared,
  toRequestFields,
  isByHand,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import type {
  AuditSeen,
  ClaimSeen,
  Evidence,
  IssueSeen,
  PullRequestSeen,
  RemovalSeen,
  RunSeen,
} from './evidence';

/** Who asked for which database. */
export interface Subject {
  ownerRef: string;
  component: string;
  username: string;
  requestedBy?: string;
  domain?: string;
  risk?: string;
  size?: string;
}

/** The evidence that counts now: what belongs to an earlier request of the same name is left out. */
export interface Facts {
  subject: Subject;
  /** Its entry is in the catalog of the base branch. */
  isDeclared: boolean;
  /** It was declared, and no request followed. */
  isUndeclared: boolean;
  /** Start of the day on which the entry was written. */
  declaredAt?: string;
  catalogStatus?: 'pending' | 'active' | 'failed';
  /** The status was written for this database, not with its entry: there is an audit row, or nobody saw it being requested. */
  isStatusShown: boolean;
  /** When the base branch was last seen without the entry, if it has one now. */
  absentAt?: string;
  claim?: ClaimSeen;
  pullRequest?: PullRequestSeen;
  requestRun?: RunSeen;
  applyRun?: RunSeen;
  /** Open while it is declared; merged when it no longer is. */
  removal?: RemovalSeen;
  removalRun?: RunSeen;
  audit: Partial<AuditSeen>;
  drift?: IssueSeen;
  accessReview?: IssueSeen;
}

/** @returns undefined when nobody is known who asked for it */
export const selectFacts = (
  key: RequestKey,
  evidence: Evidence,
): Facts | undefined => {
  const { declared, proposed, last, claim, ...seen } = valuesOf(evidence);
  // It was still there then: what is newer belongs to another request.
  const removedAt = declared ? undefined : evidence.lastDeclared?.readAt;
  const isNewer = (at: string | undefined) =>
    at !== undefined && (removedAt === undefined || Date.parse(at) > removedAt);
  // A new task's request replaces a pull request that was closed, and the run of an earlier task.
  const pullRequest =
    claim?.state === 'held' &&
    seen.pullRequest?.closedAt !== undefined &&
    claim.createdAt > seen.pullRequest.closedAt
      ? undefined
      : seen.pullRequest;
  const requestRun =
    claim?.runId !== undefined && claim.runId !== seen.requestRun?.id
      ? undefined
      : seen.requestRun;
  const isRequestedAgain =
    (claim?.state === 'held' && isNewer(claim.createdAt)) ||
    (pullRequest?.state === 'open' && isNewer(pullRequest.createdAt));
  const isUndeclared = !declared && last !== undefined && !isRequestedAgain;
  const chosen = chooseSubject(key, {
    entry: declared ?? (isUndeclared ? last : undefined),
    proposed,
    pullRequest,
    claim: isRequestedAgain && !isNewer(claim?.createdAt) ? undefined : claim,
  });
  if (!chosen) return undefined;

  const absentAt = declared && toTime(evidence.undeclared?.readAt);
  const isCurrentRun = (run: RunSeen | undefined) =>
    isUndeclared || isNewer(run?.startedAt) ? run : undefined;
  const applyRun = isCurrentRun(seen.applyRun);
  const created = declared?.metadata.created_date;
  const declaredAt = toStartOfDay(chosen.entry?.metadata.created_date);
  const isRemoval = (removal: RemovalSeen | undefined) =>
    isUndeclared
      ? removal?.mergedAt !== undefined &&
        (!declaredAt || removal.mergedAt >= declaredAt)
      : declared !== undefined && removal?.state === 'open';
  const removal = isRemoval(seen.removal) ? seen.removal : undefined;
  const since = declared
    ? findEntryTime(created, absentAt, chosen.claim)
    : latest(chosen.claim?.createdAt, pullRequest?.createdAt);
  const isOfRequest = (at: string) =>
    isUndeclared ||
    (isNewer(at) &&
      (!created || at.slice(0, 10) >= created) &&
      (since === undefined || at >= since));
  // A lock stays until a row unlocks the role, whoever declares the database.
  const retired = seen.audit?.retired;
  return {
    subject: chosen.subject,
    isDeclared: declared !== undefined,
    isUndeclared,
    declaredAt,
    catalogStatus: (declared ?? (isUndeclared ? last : undefined))?.metadata
      .status,
    isStatusShown:
      seen.audit?.created !== undefined ||
      (pullRequest?.state !== 'merged' &&
        (!chosen.claim || chosen.claim.state === 'freed')),
    absentAt,
    claim: chosen.claim,
    // One that is open or closed changes nothing of what is merged already.
    pullRequest: (
      isRequestedAgain
        ? isNewer(pullRequest?.createdAt)
        : !(declared || isUndeclared) || pullRequest?.state === 'merged'
    )
      ? pullRequest
      : undefined,
    requestRun: isCurrentRun(requestRun),
    applyRun:
      declared && retired && applyRun && applyRun.startedAt < retired.at
        ? undefined
        : applyRun,
    removal,
    removalRun: isUndeclared && removal ? seen.removalRun : undefined,
    audit: {
      ...selectRows(seen.audit, isOfRequest),
      ...(retired && { retired }),
    },
    drift: seen.drift,
    accessReview: seen.accessReview,
  };
};

const valuesOf = (evidence: Evidence) => ({
  claim: evidence.claim?.value ?? undefined,
  pullRequest: evidence.pullRequest?.value ?? undefined,
  requestRun: evidence.requestRun?.value ?? undefined,
  applyRun: evidence.applyRun?.value ?? undefined,
  declared: evidence.declared?.value ?? undefined,
  proposed: evidence.proposed?.value ?? undefined,
  last: evidence.lastDeclared?.value ?? undefined,
  removal: evidence.removal?.value ?? undefined,
  removalRun: evidence.removalRun?.value ?? undefined,
  audit: evidence.audit?.value ?? undefined,
  drift: evidence.drift?.value ?? undefined,
  accessReview: evidence.accessReview?.value ?? undefined,
});

type Entry = NonNullable<NonNullable<Evidence['declared']>['value']>;

const toSubject = (key: RequestKey, entry: Entry): Subject | undefined => {
  // An entry of a branch is nobody's word yet; an invalid one is not shown.
  const parsed = parseDeclared(toRequestFields(key, entry));
  if ('problems' in parsed) return undefined;
  const { metadata, configuration } = entry;
  return {
    ownerRef: toRef(metadata.owner),
    component: metadata.component,
    username: configuration.username,
    requestedBy: isByHand(metadata.requested_by)
      ? undefined
      : metadata.requested_by,
    domain: metadata.domain,
    risk: metadata.risk,
    size: configuration.size_tier,
  };
};

/** Whose word counts: the base branch, then a task that holds the request or has done it, then the branch of the pull request. */
const chooseSubject = (
  key: RequestKey,
  {
    entry,
    proposed,
    pullRequest,
    claim,
  }: {
    entry: Entry | undefined;
    proposed: Entry | undefined;
    pullRequest: PullRequestSeen | undefined;
    claim: ClaimSeen | undefined;
  },
): { subject: Subject; entry?: Entry; claim?: ClaimSeen } | undefined => {
  const byEntry = entry && toSubject(key, entry);
  if (byEntry) return { subject: byEntry, entry, claim };
  const byClaim = claim && toClaimSubject(claim);
  if (byClaim && isHolding(claim, pullRequest))
    return { subject: byClaim, claim };
  const byBranch =
    pullRequest && proposed ? toSubject(key, proposed) : undefined;
  const isOver = pullRequest?.state === 'closed';
  if (byClaim && (!byBranch || isOver)) return { subject: byClaim, claim };
  if (!byBranch) return undefined;
  // The task of another team asked for something else.
  const isSame = byClaim?.ownerRef === byBranch.ownerRef;
  return {
    subject: byBranch,
    entry: proposed,
    claim: isSame ? claim : undefined,
  };
};

/** Whether the task still stands for the request: one that is done does so only for its own pull request. */
const isHolding = (
  { state, pullRequestUrl }: ClaimSeen,
  pullRequest: PullRequestSeen | undefined,
): boolean =>
  state === 'held' ||
  (state === 'done' &&
    !(
      pullRequest?.state === 'open' &&
      pullRequestUrl !== undefined &&
      pullRequestUrl !== pullRequest.url
    ));

/**
 * From when on the audit is about what is declared now, as ISO 8601. An entry that is older than the time without it came back:
 * the database may be the one that was there before.
 */
const findEntryTime = (
  created: string | undefined,
  absentAt: string | undefined,
  claim: ClaimSeen | undefined,
): string | undefined => {
  const isNewEntry =
    absentAt !== undefined && (!created || created >= absentAt.slice(0, 10));
  return latest(
    isNewEntry ? absentAt : undefined,
    claim && claim.state !== 'freed' ? claim.createdAt : undefined,
  );
};

/** Of times in ISO 8601. */
export const latest = (
  ...times: Array<string | undefined>
): string | undefined =>
  times
    .filter(at => at !== undefined)
    .sort()
    .at(-1);

const toTime = (ms: number | undefined) =>
  ms === undefined ? undefined : new Date(ms).toISOString();

const toClaimSubject = (claim: ClaimSeen): Subject => ({
  ownerRef: toRef(claim.owner),
  component: claim.component,
  username: claim.username,
  requestedBy: claim.requestedBy,
  domain: claim.domain,
  risk: claim.risk,
  size: claim.size,
});

const toRef = (owner: string) => formatOwnerRef(foldOwner(owner));

const toStartOfDay = (date: string | undefined) =>
  date && /^\d{4}-\d\d-\d\d$/.test(date) ? `${date}T00:00:00.000Z` : undefined;

const selectRows = (
  audit: AuditSeen | undefined,
  counts: (at: string) => boolean,
): Partial<AuditSeen> =>
  Object.fromEntries(
    Object.entries(audit ?? {}).filter(([, row]) => row && counts(row.at)),
  );
