import { InputError } from '@backstage/errors';
import {
  CATALOG_PATH,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import { findCatalogEntry } from '../decide/catalog';
import {
  requestKeyOfBranch,
  requestOfEntry,
  taskIdOf,
} from '../decide/openRequest';
import type { InfraRepoOptions } from './infraRepo';
import {
  openPullRequest,
  OpenPullRequestResult,
  RequestPullRequests,
  RequestRepository,
} from './openPullRequest';

/** An open pull request whose branch is in the repository itself. */
export interface BranchPullRequest {
  number: number;
  url: string;
  branch: string;
  body: string;
}

export interface RebaseRequestsInput {
  /** The branch that the pull requests go into. */
  base: string;
  /** `YYYY-MM-DD`, in UTC. */
  today: string;
  secretPrefix?: string;
  infraRepo: InfraRepoOptions;
}

/** What became of one pull request. */
export type RebasedRequest = BranchPullRequest &
  ({ outcome: OpenPullRequestResult['outcome'] } | { error: Error });

/**
 * Brings every open pull request of a request up to date with its base, one after the other. What a request asks for is
 * read from the catalog of its own branch; one that can't be brought up to date doesn't stop the others.
 */
export const rebaseRequests = async (
  input: RebaseRequestsInput,
  ports: {
    repository: RequestRepository;
    pullRequests: RequestPullRequests & {
      /** Those of forks are left out. */
      listOpen(base: string): Promise<BranchPullRequest[]>;
    };
  },
): Promise<RebasedRequest[]> => {
  const rebased: RebasedRequest[] = [];
  for (const pull of await ports.pullRequests.listOpen(input.base)) {
    const key = requestKeyOfBranch(pull.branch);
    if (!key) continue;
    try {
      const request = await requestOnBranch(ports.repository, pull, key, input);
      const { outcome } = await openPullRequest(
        { ...input, request, taskId: taskIdOf(key, pull.body) },
        ports,
      );
      rebased.push({ ...pull, outcome });
    } catch (error) {
      rebased.push({ ...pull, error: error as Error });
    }
  }
  return rebased;
};

const requestOnBranch = async (
  repository: RequestRepository,
  { branch }: BranchPullRequest,
  key: RequestKey,
  { infraRepo }: RebaseRequestsInput,
) => {
  const path = infraRepo.catalogPath ?? CATALOG_PATH;
  const tip = await repository.fetchBranch(branch);
  const text = tip && (await repository.filesAt(tip.sha).read(path));
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
