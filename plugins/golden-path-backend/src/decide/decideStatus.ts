import {
  DatabaseStatus,
  DatabaseStatusStep,
  entityRef,
  kubernetesSecretName,
  nextEnvironment,
  requestId,
  RequestKey,
  secretName,
  STATUS_STEPS,
  StatusStep,
} from '@goldenpath/plugin-golden-path-common';
import type { Evidence } from './evidence';
import { Facts, selectFacts } from './facts';
import { findNext } from './next';
import { findProblem, FoundProblem, Patience } from './problem';
import { Proof, proveSteps } from './steps';

/** `seenAt` is added when it is read. */
export type DecidedStatus = Omit<DatabaseStatus, 'seenAt'>;

/** What the status depends on besides the evidence. */
export interface StatusContext {
  /** In ms since 1970. */
  now: number;
  patience: Patience;
  /** Entity reference of a group. */
  platformTeam: string;
  /** Of the infra repo. */
  catalogPath: string;
  catalogUrl: string;
  secretPrefix?: string;
  /** In the order of promotion. */
  environments: readonly string[];
  /** Where the instance of an environment is, if it is known. */
  instances: Readonly<
    Record<string, { host?: string; port?: number } | undefined>
  >;
}

/** Decides the status from the evidence alone; undefined when nobody is known who asked for the database. */
export const decideStatus = (
  key: RequestKey,
  evidence: Evidence,
  context: StatusContext,
): DecidedStatus | undefined => {
  const facts = selectFacts(key, evidence);
  if (!facts) return undefined;
  const done = proveSteps(facts, context.catalogPath);
  const step = STATUS_STEPS.findLast(name => done.has(name));
  if (!step) return undefined;
  const problem = findProblem(facts, done, context);
  const { subject } = facts;
  const { host, port } = context.instances[key.environment] ?? {};
  return {
    requestId: requestId(key),
    environment: key.environment,
    databaseName: key.databaseName,
    ownerRef: subject.ownerRef,
    component: subject.component,
    step,
    at: problem?.at ?? done.get(step)?.at,
    entityRef: entityRef(key),
    undeclared: facts.isUndeclared || undefined,
    username: subject.username,
    requestedBy: subject.requestedBy,
    domain: subject.domain,
    risk: subject.risk,
    size: subject.size,
    steps: listSteps(done, problem),
    problem: problem && {
      kind: problem.kind,
      at: problem.at,
      url: problem.url,
      evidence: problem.evidence,
    },
    next: findNext(facts, done, problem, context),
    connection: {
      host,
      port,
      secretName: secretName(
        key.environment,
        key.databaseName,
        context.secretPrefix,
      ),
      kubernetesSecretName: kubernetesSecretName(subject.component),
    },
    rotatedAt: facts.audit.rotated?.at,
    nextEnvironment:
      done.has('provisioned') && !facts.isUndeclared
        ? nextEnvironment(key.environment, context.environments)
        : undefined,
    links: listLinks(facts, context.catalogUrl),
  };
};

const listSteps = (
  done: ReadonlyMap<StatusStep, Proof>,
  problem: FoundProblem | undefined,
): DatabaseStatusStep[] => {
  const failed = problem?.kind === 'failed' ? problem : undefined;
  // After the database is in use, nothing is waited for: rotations come by themselves.
  const current = done.has('provisioned')
    ? undefined
    : STATUS_STEPS.find(name => !done.has(name));
  return STATUS_STEPS.map(name => {
    const proof = done.get(name);
    if (proof) return { name, state: 'done', ...proof };
    if (failed?.step === name) {
      const { at, url, evidence } = failed;
      return { name, state: 'failed', at, url, evidence };
    }
    return {
      name,
      state: name === current && !failed ? 'current' : 'waiting',
    };
  });
};

const listLinks = (facts: Facts, catalogUrl: string) => {
  const { pullRequest, claim, requestRun, applyRun, drift, accessReview } =
    facts;
  const { removal, removalRun } = facts;
  const links: Array<{ title: string; url: string | undefined }> = [
    {
      title: 'Pull request',
      url: pullRequest?.url ?? claim?.pullRequestUrl,
    },
    { title: 'Run that opens the pull request', url: requestRun?.url },
    { title: 'Run that applies the merge', url: applyRun?.url },
    { title: 'Removal', url: removal?.url },
    { title: 'Run that applies the removal', url: removalRun?.url },
    { title: 'Drift', url: drift?.url },
    { title: 'Access review', url: accessReview?.url },
    {
      title: 'Entry in the infra repo',
      url: facts.isDeclared ? catalogUrl : undefined,
    },
  ];
  return links.flatMap(({ title, url }) => (url ? [{ title, url }] : []));
};
