import {
  STATUS_STEPS,
  StatusStep,
} from '@goldenpath/plugin-golden-path-common';
import type { Facts } from './facts';

/** What shows that a step is done. */
export interface Proof {
  at?: string;
  url?: string;
  /** One sentence. */
  evidence: string;
}

const INFERRED = 'Shown by a later step.';

/** Whether a step has no evidence of its own. */
export const isInferred = ({ evidence }: { evidence?: string }): boolean =>
  evidence?.startsWith(INFERRED) ?? false;

/** The steps that are done, each with its proof. A step without own evidence is done only if a later one proves it. */
export const proveSteps = (
  facts: Facts,
  catalogPath: string,
): Map<StatusStep, Proof> => {
  const own = ownProofs(facts, catalogPath);
  const proven = new Map<StatusStep, Proof>();
  // `rotated` proves all the others: a password is rotated only where it is in use.
  const last = STATUS_STEPS.findLastIndex(step => own[step]);
  for (const step of STATUS_STEPS.slice(0, last + 1)) {
    const later = STATUS_STEPS.slice(STATUS_STEPS.indexOf(step)).find(
      next => own[next],
    );
    const proof = own[step] ?? {
      // The next sentence is about the later step.
      evidence: `${INFERRED} ${own[later!]!.evidence}`,
    };
    proven.set(step, proof);
  }
  return proven;
};

/** What each step has of its own. */
const ownProofs = (
  facts: Facts,
  catalogPath: string,
): Partial<Record<StatusStep, Proof>> => ({
  requested: proveRequested(facts, catalogPath),
  pull_request: provePullRequest(facts),
  approved: proveApproved(facts),
  merged: proveMerged(facts, catalogPath),
  credentials: proveCredentials(facts),
  provisioned: proveProvisioned(facts, catalogPath),
  rotated: proveRotated(facts),
});

const isInCatalog = ({ isDeclared, isUndeclared }: Facts) =>
  isDeclared || isUndeclared;

const proveRequested = (
  facts: Facts,
  catalogPath: string,
): Proof | undefined => {
  const { claim, declaredAt, subject } = facts;
  if (claim)
    return {
      at: claim.createdAt,
      evidence: `Requested by ${claim.requestedBy} in task ${claim.taskId}.`,
    };
  if (!isInCatalog(facts) || !subject.requestedBy) return undefined;
  return {
    at: declaredAt,
    evidence: `${catalogPath} names ${subject.requestedBy} as requester.`,
  };
};

const provePullRequest = ({ pullRequest, claim }: Facts): Proof | undefined => {
  if (pullRequest)
    return {
      at: pullRequest.createdAt,
      url: pullRequest.url,
      evidence: `Pull request #${pullRequest.number} was opened.`,
    };
  if (!claim?.pullRequestUrl) return undefined;
  return {
    url: claim.pullRequestUrl,
    evidence: `Task ${claim.taskId} found the pull request.`,
  };
};

const proveApproved = (facts: Facts): Proof | undefined => {
  const approvals = findApprovals(facts);
  return (
    approvals && {
      at: approvals.at,
      url: facts.pullRequest?.url,
      evidence: `Approved by ${approvals.by.join(', ')}.`,
    }
  );
};

const proveMerged = (facts: Facts, catalogPath: string): Proof | undefined => {
  const { pullRequest, declaredAt, isDeclared } = facts;
  if (pullRequest?.state === 'merged')
    return {
      at: pullRequest.mergedAt,
      url: pullRequest.url,
      evidence: `Pull request #${pullRequest.number} was merged.`,
    };
  if (!isInCatalog(facts)) return undefined;
  return {
    at: declaredAt,
    evidence: isDeclared
      ? `It is declared in ${catalogPath}.`
      : `It was declared in ${catalogPath}.`,
  };
};

const proveCredentials = ({ audit, applyRun }: Facts): Proof | undefined => {
  if (audit.credentials)
    return {
      ...audit.credentials,
      evidence: 'The audit records a role with the password of the secret.',
    };
  if (!applyRun?.credentialsAt) return undefined;
  return {
    at: applyRun.credentialsAt,
    url: applyRun.url,
    evidence: `Workflow run ${applyRun.id} created the credentials.`,
  };
};

const proveProvisioned = (
  facts: Facts,
  catalogPath: string,
): Proof | undefined => {
  const { audit, catalogStatus, isStatusShown } = facts;
  if (isLocked(facts)) return undefined;
  if (audit.created && audit.unlocked)
    return {
      ...audit.unlocked,
      evidence:
        'The audit records the database, and that its role is unlocked.',
    };
  if (audit.created)
    return { ...audit.created, evidence: 'The audit records the database.' };
  return catalogStatus === 'active' && isStatusShown
    ? { evidence: `${catalogPath} has status "active".` }
    : undefined;
};

const proveRotated = (facts: Facts): Proof | undefined =>
  isLocked(facts)
    ? undefined
    : facts.audit.rotated && {
        ...facts.audit.rotated,
        evidence: 'The audit records a rotation of the password.',
      };

/** Whether it is asked for, and nobody can log in: its role was locked when it was no longer declared. */
export const isLocked = ({ audit, isUndeclared }: Facts): boolean =>
  !isUndeclared && audit.retired !== undefined;

/** The reviewers who approved, if nobody requests changes; undefined without any. */
export const findApprovals = ({
  pullRequest,
}: Facts): { by: string[]; at: string } | undefined => {
  const reviews = pullRequest?.reviews ?? [];
  const approved = reviews.filter(({ state }) => state === 'approved');
  if (approved.length === 0 || approved.length < reviews.length)
    return undefined;
  return {
    by: approved.map(({ by }) => by),
    at: approved.map(({ at }) => at).sort()[0],
  };
};
