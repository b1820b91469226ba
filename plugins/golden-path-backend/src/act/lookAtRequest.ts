import {
  branchName,
  CatalogEntry,
  removalBranchName,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import {
  InfraFiles,
  InfraRepo,
  ListedPullRequest,
  readCatalog,
  RequestReader,
  RunDetails,
  RunReader,
} from '@goldenpath/plugin-golden-path-node';
import { selectFacts } from '../decide/facts';
import type { Evidence, PullRequestSeen, RunSeen } from '../decide/evidence';

const APPLY_WORKFLOW = '.github/workflows/rds-database-apply.yml';
/** In _rds-database-apply.yml. */
const CREDENTIALS_STEP = 'Create the credentials';
const MOST_STEPS = 5;

/** What a look asks GitHub with. */
export interface LookClients {
  requests: RequestReader;
  runs: RunReader;
  /** The infra repo at a branch. */
  filesAt(branch: string): InfraFiles;
}

/**
 * Asks GitHub about one request: its newest pull request and, as far as that is the question, reviews and conflicts, the run of
 * the merge commit, or the run that opens the pull request. Two to four calls.
 */
export const createLookAtRequest = (
  { requests, runs, filesAt }: LookClients,
  { branch: base }: InfraRepo,
  now: () => number,
) => {
  const readPull = async (
    listed: ListedPullRequest,
    before: PullRequestSeen | undefined,
  ): Promise<PullRequestSeen> => {
    const { branch: _, headCommit, ...pull } = listed;
    const wasMerged =
      before?.number === listed.number && before.state === 'merged';
    const isOpen = listed.state === 'open';
    const mergeability = isOpen
      ? await requests.mergeability(pull.number)
      : undefined;
    return {
      ...pull,
      reviews: wasMerged
        ? before.reviews
        : await requests.reviews(pull.number, headCommit),
      ...mergeability,
      conflictSince: findConflictSince(
        mergeability?.hasConflict,
        before?.number === listed.number ? before.conflictSince : undefined,
        isOpen ? now() : undefined,
      ),
    };
  };

  const readRun = async (
    run: RunDetails,
    environment: string,
  ): Promise<RunSeen> => {
    const { path: _, ...details } = run;
    const isDone = run.conclusion === 'success';
    // A job of the called workflow is named `<environment> / <job>`.
    const steps = isDone
      ? []
      : (await runs.steps(run.id)).filter(
          ({ job }) =>
            !job.includes(' / ') || job.startsWith(`${environment} / `),
        );
    const created = steps.find(
      ({ name, conclusion }) =>
        name === CREDENTIALS_STEP && conclusion === 'success',
    );
    return {
      ...details,
      failedSteps: steps
        .filter(({ conclusion }) => conclusion === 'failure')
        .slice(0, MOST_STEPS)
        .map(({ job, name }) => (job === name ? job : `${job}: ${name}`)),
      credentialsAt: created?.completedAt,
    };
  };

  const readApplyRun = async (
    commit: string,
    environment: string,
  ): Promise<RunSeen | null> => {
    const [run] = (await runs.ofPush(commit)).filter(({ path }) =>
      path.startsWith(APPLY_WORKFLOW),
    );
    return run ? readRun(run, environment) : null;
  };

  /** The merged pull request that took the entry out, and its run; undefined values where another way was taken. */
  const readRemoval = async (key: RequestKey): Promise<Evidence> => {
    const readAt = now();
    const listed = await requests.newestPullRequest(
      removalBranchName(key),
      base,
    );
    if (!listed?.mergeCommit) return { removalRun: { readAt, value: null } };
    const { number, url, createdAt, mergedAt } = listed;
    return {
      removal: {
        readAt,
        value: { number, url, state: 'merged', createdAt, mergedAt },
      },
      removalRun: {
        readAt,
        value: await readApplyRun(listed.mergeCommit, key.environment),
      },
    };
  };

  return async (
    key: RequestKey,
    known: Evidence,
    catalogPath: string,
  ): Promise<Evidence> => {
    const readAt = now();
    const branch = branchName(key);
    const listed = await requests.newestPullRequest(branch, base);
    const isUndeclared = selectFacts(key, known)?.isUndeclared;
    const removal = isUndeclared ? await readRemoval(key) : {};
    // Of the request that led to what is taken out, nothing changes any more.
    if (isUndeclared && listed?.state !== 'open') return removal;
    const pull =
      listed && (await readPull(listed, known.pullRequest?.value ?? undefined));
    const found: Evidence = {
      ...removal,
      pullRequest: { readAt, value: pull ?? null },
    };
    if (pull?.mergeCommit)
      found.applyRun = {
        readAt,
        value: await readApplyRun(pull.mergeCommit, key.environment),
      };
    const runId = known.claim?.value?.runId;
    if (!pull && runId !== undefined) {
      const run = await runs.get(runId);
      found.requestRun = {
        readAt,
        value: run ? await readRun(run, key.environment) : null,
      };
    }
    // Unless a task holds the request, the branch says who asked.
    const claim = known.claim?.value;
    if (
      pull?.state === 'open' &&
      claim?.state !== 'held' &&
      !known.declared?.value
    )
      found.proposed = {
        readAt,
        value: await readProposed(filesAt(branch), catalogPath, key),
      };
    return found;
  };
};

/** GitHub computes conflicts again after each push to the base: until it answers, the one before goes on. */
const findConflictSince = (
  hasConflict: boolean | undefined,
  before: string | undefined,
  now: number | undefined,
): string | undefined => {
  if (now === undefined || hasConflict === false) return undefined;
  return before ?? (hasConflict ? new Date(now).toISOString() : undefined);
};

/** Null where the branch doesn't declare it, or not validly. */
const readProposed = async (
  files: InfraFiles,
  catalogPath: string,
  { environment, databaseName }: RequestKey,
): Promise<CatalogEntry | null> => {
  const text = await files.read(catalogPath);
  try {
    return text === undefined
      ? null
      : readCatalog(text, catalogPath)[environment]?.[databaseName] ?? null;
  } catch {
    return null;
  }
};
