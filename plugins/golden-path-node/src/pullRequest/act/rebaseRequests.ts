import { InputError } from '@backstage/errors';
import {
  CATALOG_PATH,
  RequestKey,
  RequestOptions,
} from '@goldenpath/plugin-golden-path-common';
import { describeReason } from '../../errors/describeReason';
import { FileError } from '../../infraRepo/decide/fileError';
import { findCatalogEntry } from '../../infraRepo/decide/readCatalog';
import {
  InfraFiles,
  InfraRepoOptions,
  RequestPullRequests,
  RequestRepository,
} from '../../infraRepo/ports';
import {
  REBASE_COMMENT_KEY,
  composeRefusedComment,
  composeUpToDateComment,
} from '../decide/rebaseComment';
import {
  parseRequestBranch,
  rebuildRequest,
  findTaskId,
} from '../decide/requestOfBranch';
import { keepComment, PullRequestComments, updateComment } from './keepComment';
import { OpenPullRequestResult, tryPullRequest } from './openPullRequest';
import { catchRefusal, Refusal } from './refusal';

/**
 * An open pull request from a branch of the same repository.
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
  /** Base branch of the pull requests. */
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
 * Result for one pull request.
 *
 * @public
 */
export type RebasedRequest = BranchPullRequest &
  (RebaseOutcome | { error: Error });

/** @public */
export interface RebaseRequestsPorts {
  repository: RequestRepository;
  pullRequests: RequestPullRequests & {
    /** Lists open pull requests, without forks. */
    listOpen(base: string): Promise<BranchPullRequest[]>;
  };
  comments: PullRequestComments;
}

/**
 * Rebases every open pull request of a database request, one by one. Reads each request from the catalog on its own
 * branch. A refused request gets a comment with the reason. The others continue after a refusal or an error.
 *
 * @public
 */
export const rebaseRequests = async (
  input: RebaseRequestsInput,
  ports: RebaseRequestsPorts,
): Promise<RebasedRequest[]> => {
  const rebased: RebasedRequest[] = [];
  for (const pull of await ports.pullRequests.listOpen(input.base)) {
    const key = parseRequestBranch(pull.branch, input.allowed?.environments);
    if (!key) continue;
    try {
      const outcome = await rebaseOne(input, pull, key, ports);
      await commentOnOutcome(outcome, pull.number, ports.comments);
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
  const text =
    tip && (await readOnBranch(ports.repository.filesAt(tip.sha), path));
  if (typeof text === 'object') return text;
  const request = await catchRefusal(() =>
    requestInCatalog({ path, text }, pull.branch, key),
  );
  if ('refused' in request) return request;
  const result = await tryPullRequest(
    { ...input, request, taskId: findTaskId(key, pull.body) },
    ports,
  );
  return 'refused' in result ? result : { outcome: result.outcome };
};

/** Reads a file; a file that is a symbolic link, for instance, is a refusal. */
const readOnBranch = async (
  files: InfraFiles,
  path: string,
): Promise<string | undefined | Refusal> => {
  try {
    return await files.read(path);
  } catch (error) {
    if (error instanceof FileError) return { refused: error };
    throw error;
  }
};

/** @throws InputError when the branch's catalog has no valid request */
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
  const parsed = rebuildRequest(key, entry);
  if ('problems' in parsed) {
    throw new InputError(
      `${path} on the branch ${branch} has an invalid request: ${parsed.problems.join(
        ' ',
      )}`,
    );
  }
  return parsed.request;
};

const commentOnOutcome = async (
  outcome: RebaseOutcome,
  number: number,
  comments: PullRequestComments,
): Promise<void> => {
  const comment = { number, key: REBASE_COMMENT_KEY };
  if ('refused' in outcome) {
    const body = composeRefusedComment(describeReason(outcome.refused));
    await keepComment(comments, { ...comment, body });
  } else if (outcome.outcome !== 'merged already') {
    await updateComment(comments, {
      ...comment,
      body: composeUpToDateComment(),
    });
  }
};
