import { createHash } from 'node:crypto';
import type { DecidedStatus } from './decideStatus';
import type { Evidence } from './evidence';
import { describeOpenRemoval } from './removals';
import { Transition, TransitionKind } from './transition';

/** Lists what happened between two statuses. The same event has the same key, from whatever replica. */
export const listTransitions = (
  before: { status: DecidedStatus; evidence: Evidence } | undefined,
  after: { status: DecidedStatus; evidence: Evidence },
  now: number,
): Transition[] => {
  const { status, evidence } = after;
  const wereDone = new Map(
    before?.status.steps
      .filter(({ state }) => state === 'done')
      .map(step => [step.name, step]),
  );
  const found: Array<
    Pick<Transition, 'kind' | 'url' | 'evidence'> & {
      at?: string;
      /** Tells it apart from another event of its kind. */
      mark: string;
    }
  > = [];
  for (const step of status.steps) {
    if (step.state !== 'done') continue;
    const earlier = wereDone.get(step.name);
    const isNews =
      !earlier ||
      (step.name === 'pull_request' &&
        step.url !== undefined &&
        earlier.url !== undefined &&
        earlier.url !== step.url) ||
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
  const markOf = (one: NonNullable<typeof problem>) =>
    `${one.kind} ${one.url ?? ''} ${one.evidence}`;
  if (problem && (!earlier || markOf(problem) !== markOf(earlier)))
    found.push({ ...problem, mark: markOf(problem) });
  if (earlier && !problem)
    found.push({
      kind: 'resolved',
      url: earlier.url,
      evidence: `No longer so: ${earlier.evidence}`,
      mark: markOf(earlier),
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

const keyOf = (id: string, kind: TransitionKind, mark: string) =>
  createHash('sha256').update(`${id}\n${kind}\n${mark}`).digest('hex');
