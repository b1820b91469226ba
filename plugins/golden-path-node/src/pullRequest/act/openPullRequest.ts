import { ConflictError, NotFoundError } from '@backstage/errors';
import {
  branchName,
  DeclaredDatabase,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import { readInfraRequestFiles } from '../../infraRepo/act/locateTfvars';
import { findCatalogEntry } from '../../infraRepo/decide/readCatalog';
import type { TextFile } from '../../infraRepo/decide/text';
import {
  InfraFiles,
  InfraRepoOptions,
  RequestPullRequests,
  RequestRepository,
} from '../../infraRepo/ports';
import { composePullRequest } from '../decide/composePullRequest';
import { renderCommitTrailer } from '../decide/pullRequestText';
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
  | {
      outcome: 'opened' | 'updated' | 'unchanged';
      number: number;
      url: string;
    };

/** @public */
export interface OpenPullRequestPorts {
  repository: RequestRepository;
  pullRequests: RequestPullRequests;
}

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
  const { repository, pullRequests } = ports;
  const branch = branchName(request);

  const baseTip = await repository.fetchBranch(base);
  if (!baseTip) {
    throw new NotFoundError(
      `The base branch "${base}" does not exist; name another with --base.`,
    );
  }
  const [branchTip, open] = await Promise.all([
    repository.fetchBranch(branch),
    pullRequests.findOpen(branch, base),
  ]);
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

  // Without an open pull request the branch may be merged. A new pull request requires a new commit.
  const isPushed =
    open && onBranch ? await hasAllChanges(onBranch, changes) : false;
  if (!isPushed) {
    if (
      branchTip &&
      !branchTip.message.includes(renderCommitTrailer(request))
    ) {
      return {
        refused: new ConflictError(
          `The branch ${branch} has commits by others and conflicts with ${base}. Merge ${base} into it by hand; or close its pull request, delete the branch and run this again.`,
        ),
      };
    }
    await repository.pushCommit({
      parent: baseTip.sha,
      branch,
      message: text.commitMessage,
      changes,
      replaces: branchTip?.sha,
    });
  }

  const { title, body } = text;
  const pull =
    open ?? (await pullRequests.create({ branch, base, title, body }));
  const hasText = pull.title === title && isSameText(pull.body, body);
  if (!hasText) await pullRequests.update(pull.number, { title, body });
  const missing = text.labels.filter(label => !pull.labels.includes(label));
  if (missing.length > 0) await pullRequests.addLabels(pull.number, missing);

  const isUnchanged = isPushed && hasText && missing.length === 0;
  return {
    outcome: chooseOutcome(open !== undefined, isUnchanged),
    number: pull.number,
    url: pull.url,
  };
};

const chooseOutcome = (wasOpen: boolean, isUnchanged: boolean) => {
  if (!wasOpen) return 'opened';
  return isUnchanged ? 'unchanged' : 'updated';
};

/** GitHub's web editor saves bodies with CRLF. */
const isSameText = (a: string, b: string) =>
  a.replaceAll('\r\n', '\n').trim() === b.replaceAll('\r\n', '\n').trim();

const hasAllChanges = async (
  files: InfraFiles,
  changes: TextFile[],
): Promise<boolean> => {
  const texts = await Promise.all(changes.map(({ path }) => files.read(path)));
  return changes.every(({ text }, i) => text === texts[i]);
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
