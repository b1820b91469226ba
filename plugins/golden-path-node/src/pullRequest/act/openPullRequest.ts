import {
  branchName,
  DeclaredDatabase,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import { readInfraRequestFiles } from '../../infraRepo/act/locateTfvars';
import { findCatalogEntry } from '../../infraRepo/decide/readCatalog';
import type { TextFile } from '../../infraRepo/decide/text';
import { InfraFiles, InfraRepoOptions } from '../../infraRepo/ports';
import { composePullRequest } from '../decide/composePullRequest';
import { renderCommitTrailer } from '../decide/pullRequestText';
import {
  OpenPullRequestPorts,
  publishPullRequest,
  PublishedPullRequest,
  readPublishedBefore,
} from './publishPullRequest';
import { catchRefusal, Refusal } from './refusal';

/** @public */
export interface OpenPullRequestInput {
  request: DeclaredDatabase;
  taskId: string;
  /** Base branch of the pull request. */
  base: string;
  /** `YYYY-MM-DD`, in UTC: the date of a new request. An open one keeps its date. */
  today: string;
  secretPrefix?: string;
  infraRepo: InfraRepoOptions;
}

/** @public */
export type OpenPullRequestResult =
  | { outcome: 'merged already' }
  | PublishedPullRequest;

/**
 * Opens the pull request of a request, or updates the open one: rebased on the base branch, with the current text. Safe
 * to run again at any point.
 * @throws ConflictError when the database or role is declared with other values, or the branch has commits by others
 *
 * @public
 */
export const openPullRequest = async (
  input: OpenPullRequestInput,
  ports: OpenPullRequestPorts,
): Promise<OpenPullRequestResult> => {
  const result = await tryPullRequest(input, ports);
  if ('refused' in result) throw result.refused;
  return result;
};

/** Like {@link openPullRequest}, but returns a refusal for a request that conflicts with the base. */
export const tryPullRequest = async (
  input: OpenPullRequestInput,
  ports: OpenPullRequestPorts,
): Promise<OpenPullRequestResult | Refusal> => {
  const { request, taskId, base, secretPrefix, infraRepo } = input;
  const { repository } = ports;
  const before = await readPublishedBefore(branchName(request), base, ports);
  const { baseTip, branchTip, open } = before;
  const onBranch = branchTip && repository.filesAt(branchTip.sha);
  const files = await readInfraRequestFiles(
    repository.filesAt(baseTip.sha),
    request.environment,
    infraRepo,
  );
  const createdDate =
    (open &&
      onBranch &&
      (await readDateOnBranch(onBranch, files.catalog, request))) ??
    input.today;
  const composed = await catchRefusal(() =>
    composePullRequest(files, request, { taskId, createdDate, secretPrefix }),
  );
  if ('refused' in composed) return composed;
  const { changes, text } = composed;
  if (changes.length === 0) return { outcome: 'merged already' };

  return publishPullRequest(
    { changes, text },
    renderCommitTrailer(request),
    before,
    ports,
  );
};

const readDateOnBranch = async (
  files: InfraFiles,
  { path }: TextFile,
  key: RequestKey,
): Promise<string | undefined> => {
  const text = await files.read(path);
  return text === undefined
    ? undefined
    : findCatalogEntry(text, path, key)?.metadata.created_date;
};
