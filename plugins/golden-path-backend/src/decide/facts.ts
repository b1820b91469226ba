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
  const entry = declared ?? (isUndeclared ? last : proposed);
  const subject =
    (entry && toSubject(key, entry)) ?? (claim && toClaimSubject(claim));
  if (!subject) return undefined;

  const isCurrentRun = (run: RunSeen | undefined) =>
    isUndeclared || isNewer(run?.startedAt) ? run : undefined;
  const created = declared?.metadata.created_date;
  const declaredAt = toStartOfDay(entry?.metadata.created_date);
  const isRemoval = (removal: RemovalSeen | undefined) =>
    isUndeclared
      ? removal?.mergedAt !== undefined &&
        (!declaredAt || removal.mergedAt >= declaredAt)
      : declared !== undefined && removal?.state === 'open';
  const removal = isRemoval(seen.removal) ? seen.removal : undefined;
  return {
    subject,
    isDeclared: declared !== undefined,
    isUndeclared,
    declaredAt,
    catalogStatus: (declared ?? (isUndeclared ? last : undefined))?.metadata
      .status,
    claim: isRequestedAgain && !isNewer(claim?.createdAt) ? undefined : claim,
    // One that is open or closed changes nothing of what is merged already.
    pullRequest: (
      isRequestedAgain
        ? isNewer(pullRequest?.createdAt)
        : !(declared || isUndeclared) || pullRequest?.state === 'merged'
    )
      ? pullRequest
      : undefined,
    requestRun: isCurrentRun(requestRun),
    applyRun: isCurrentRun(seen.applyRun),
    removal,
    removalRun: isUndeclared && removal ? seen.removalRun : undefined,
    audit: isRequestedAgain
      ? selectRows(seen.audit, isNewer)
      : selectRows(seen.audit, at => !created || at.slice(0, 10) >= created),
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
