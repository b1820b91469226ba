import {
  branchName,
  CatalogEntry,
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
    return {
      ...pull,
      reviews: wasMerged
        ? before.reviews
        : await requests.reviews(pull.number, headCommit),
      ...(isOpen && (await requests.mergeability(pull.number))),
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

  return async (
    key: RequestKey,
    known: Evidence,
    catalogPath: string,
  ): Promise<Evidence> => {
    const readAt = now();
    const branch = branchName(key);
    const listed = await requests.newestPullRequest(branch, base);
    const pull =
      listed && (await readPull(listed, known.pullRequest?.value ?? undefined));
    const found: Evidence = { pullRequest: { readAt, value: pull ?? null } };
    if (pull?.mergeCommit) {
      const [run] = (await runs.ofPush(pull.mergeCommit)).filter(({ path }) =>
        path.startsWith(APPLY_WORKFLOW),
      );
      found.applyRun = {
        readAt,
        value: run ? await readRun(run, key.environment) : null,
      };
    }
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
