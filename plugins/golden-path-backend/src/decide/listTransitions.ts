import { createHash } from 'node:crypto';
import type { DatabaseStatusStep } from '@goldenpath/plugin-golden-path-common';
import type { DecidedStatus } from './decideStatus';
import type { Evidence } from './evidence';
import { describeOpenRemoval } from './removals';
import { isInferred } from './steps';
import { Transition, TransitionKind } from './transition';

interface Decided {
  status: DecidedStatus;
  evidence: Evidence;
}
type Problem = NonNullable<DecidedStatus['problem']>;

/** Lists what happened between two statuses. The same event has the same key, from whatever replica. */
export const listTransitions = (
  before: Decided | undefined,
  after: Decided,
  now: number,
): Transition[] => {
  const { status, evidence } = after;
  const wereShown = new Map(
    (before ? listShown(before) : []).map(step => [step.name, step]),
  );
  const found: Array<
    Pick<Transition, 'kind' | 'url' | 'evidence'> & {
      at?: string;
      /** Tells it apart from another event of its kind. */
      mark: string;
    }
  > = [];
  for (const step of listShown(after)) {
    const earlier = wereShown.get(step.name);
    const isNews =
      !earlier ||
      (step.name === 'pull_request' && earlier.url !== step.url) ||
      (step.name === 'rotated' && earlier.at !== step.at);
    if (isNews)
      found.push({
        kind: step.name,
        at: step.at,
        url: step.url,
        evidence: step.evidence ?? '',
        mark: `${step.url ?? ''} ${step.at ?? ''}`,
      });
  }
  const { problem } = status;
  const earlier = before?.status.problem;
  if (
    problem &&
    !(earlier && isSameProblem([problem, evidence], [earlier, before.evidence]))
  )
    found.push({ ...problem, mark: markOf(problem, evidence, now) });
  if (earlier && !problem)
    found.push({
      kind: 'resolved',
      url: earlier.url,
      evidence: `No longer so: ${earlier.evidence}`,
      mark: markOf(earlier, before.evidence, now),
    });
  const review = evidence.accessReview?.value;
  if (review && review.url !== before?.evidence.accessReview?.value?.url)
    found.push({
      kind: 'access_review',
      at: review.at,
      url: review.url,
      evidence: `Issue #${review.number} asks who has access.`,
      mark: review.url,
    });
  const removal = evidence.removal?.value;
  if (
    removal?.state === 'open' &&
    evidence.declared?.value &&
    removal.url !== before?.evidence.removal?.value?.url
  )
    found.push({
      kind: 'removal_requested',
      at: removal.createdAt,
      url: removal.url,
      evidence: describeOpenRemoval(removal),
      mark: removal.url,
    });
  return found.map(({ mark, at, ...rest }) => ({
    ...rest,
    key: keyOf(status.requestId, rest.kind, mark),
    requestId: status.requestId,
    environment: status.environment,
    databaseName: status.databaseName,
    at: at ?? new Date(now).toISOString(),
    component: status.component,
    ownerRef: status.ownerRef,
    requestedBy: status.requestedBy,
    entityRef: status.entityRef,
    next: status.next,
  }));
};

/**
 * The steps that are done by their own evidence: what only a later step shows is told by that one. A pull request counts while it
 * waits, and a merge once its pull request shows it: an entry written by hand has none.
 */
const listShown = ({ status, evidence }: Decided): DatabaseStatusStep[] => {
  const done = status.steps.filter(
    step => step.state === 'done' && !isInferred(step),
  );
  const isMerged = done.some(({ name }) => name === 'merged');
  const pull = evidence.pullRequest?.value;
  return done.filter(({ name, url }) => {
    if (name === 'pull_request')
      return !isMerged && pull?.state === 'open' && pull.url === url;
    return name !== 'merged' || url !== undefined;
  });
};

const isSameProblem = (
  [one, ofOne]: [Problem, Evidence],
  [other, ofOther]: [Problem, Evidence],
) =>
  describe(one) === describe(other) &&
  attemptOf(one, ofOne) === attemptOf(other, ofOther);

/** A problem that comes back is another one. */
const markOf = (problem: Problem, evidence: Evidence, now: number) =>
  `${describe(problem)} ${
    attemptOf(problem, evidence) ?? new Date(now).toISOString()
  }`;

const describe = ({ kind, url, evidence }: Problem) =>
  `${kind} ${url ?? ''} ${evidence}`;

/** When it happened. Of a run, when its attempt started: GitHub may update a completed run later. */
const attemptOf = (
  { at, url }: Problem,
  { applyRun, requestRun, removalRun }: Evidence,
): string | undefined => {
  const run = [applyRun, requestRun, removalRun]
    .map(one => one?.value)
    .find(one => one && one.url === url && one.updatedAt === at);
  return run?.startedAt ?? at;
};

const keyOf = (id: string, kind: TransitionKind, mark: string) =>
  createHash('sha256').update(`${id}\n${kind}\n${mark}`).digest('hex');
