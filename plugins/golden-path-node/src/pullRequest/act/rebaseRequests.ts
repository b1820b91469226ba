import { InputError } from '@backstage/errors';
import {
  CATALOG_PATH,
  RequestKey,
  RequestOptions,
} from '@goldenpath/plugin-golden-path-common';
import { reasonOf } from '../../errors/reasonOf';
import { findCatalogEntry } from '../../infraRepo/decide/readCatalog';
import {
  InfraRepoOptions,
  RequestPullRequests,
  RequestRepository,
} from '../../infraRepo/ports';
import {
  REBASE_COMMENT_KEY,
  refusedComment,
  upToDateComment,
} from '../decide/rebaseComment';
import {
  requestKeyOfBranch,
  requestOfEntry,
  taskIdOf,
} from '../decide/requestOfBranch';
import { keepComment, PullRequestComments, updateComment } from './keepComment';
import { OpenPullRequestResult, tryPullRequest } from './openPullRequest';
import { orRefusal, Refusal } from './refusal';

/**
 * An open pull request whose branch is in the repository itself.
 *
 * @public
 */
export interface BranchPullRequest {
  number: number;
  url: string;
  branch: string;
  body: string;
}

/** @public */
export interface RebaseRequestsInput {
  /** The branch that the pull requests go into. */
  base: string;
  /** `YYYY-MM-DD`, in UTC. */
  today: string;
  secretPrefix?: string;
  infraRepo: InfraRepoOptions;
  /** What may be requested here. */
  allowed?: Pick<RequestOptions, 'environments' | 'domains'>;
}

/** @public */
export type RebaseOutcome =
  | { outcome: OpenPullRequestResult['outcome'] }
  | Refusal;

/**
 * What became of one pull request.
 *
 * @public
 */
export type RebasedRequest = BranchPullRequest &
  (RebaseOutcome | { error: Error });

/** @public */
export interface RebaseRequestsPorts {
  repository: RequestRepository;
  pullRequests: RequestPullRequests & {
    /** Those of forks are left out. */
    listOpen(base: string): Promise<BranchPullRequest[]>;
  };
  comments: PullRequestComments;
}

/**
 * Brings every open pull request of a request up to date with its base, one after the other. What a request asks for is
 * read from the catalog of its own branch. One that no longer fits gets a comment that says why; neither that nor an
 * error stops the others.
 *
 * @public
 */
export const rebaseRequests = async (
  input: RebaseRequestsInput,
  ports: RebaseRequestsPorts,
): Promise<RebasedRequest[]> => {
  const rebased: RebasedRequest[] = [];
  for (const pull of await ports.pullRequests.listOpen(input.base)) {
    const key = requestKeyOfBranch(pull.branch, input.allowed?.environments);
    if (!key) continue;
    try {
      const outcome = await rebaseOne(input, pull, key, ports);
      await tellOf(outcome, pull.number, ports.comments);
      rebased.push({ ...pull, ...outcome });
    } catch (error) {
      rebased.push({ ...pull, error: error as Error });
    }
  }
  return rebased;
};

const rebaseOne = async (
  input: RebaseRequestsInput,
  pull: BranchPullRequest,
  key: RequestKey,
  ports: RebaseRequestsPorts,
): Promise<RebaseOutcome> => {
  const path = input.infraRepo.catalogPath ?? CATALOG_PATH;
  const tip = await ports.repository.fetchBranch(pull.branch);
  const text = tip && (await ports.repository.filesAt(tip.sha).read(path));
  const request = await orRefusal(() =>
    requestInCatalog({ path, text }, pull.branch, key),
  );
  if ('refused' in request) return request;
  const result = await tryPullRequest(
    { ...input, request, taskId: taskIdOf(key, pull.body) },
    ports,
  );
  return 'refused' in result ? result : { outcome: result.outcome };
};

/** @throws InputError where the branch's catalog doesn't hold a valid request */
const requestInCatalog = (
  { path, text }: { path: string; text: string | undefined },
  branch: string,
  key: RequestKey,
) => {
  const entry =
    text === undefined ? undefined : findCatalogEntry(text, path, key);
  if (!entry) {
    throw new InputError(
      `${path} on the branch ${branch} has no entry databases.${key.environment}.${key.databaseName}; close the pull request, delete the branch and send the request again.`,
    );
  }
  const parsed = requestOfEntry(key, entry);
  if ('problems' in parsed) {
    throw new InputError(
      `${path} on the branch ${branch} holds a request that is not valid: ${parsed.problems.join(
        ' ',
      )}`,
    );
  }
  return parsed.request;
};

const tellOf = async (
  outcome: RebaseOutcome,
  number: number,
  comments: PullRequestComments,
): Promise<void> => {
  const comment = { number, key: REBASE_COMMENT_KEY };
  if ('refused' in outcome) {
    const body = refusedComment(reasonOf(outcome.refused));
    await keepComment(comments, { ...comment, body });
  } else if (outcome.outcome !== 'merged already') {
    await updateComment(comments, { ...comment, body: upToDateComment() });
  }
};
