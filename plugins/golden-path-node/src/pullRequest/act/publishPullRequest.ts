import { ConflictError, NotFoundError } from '@backstage/errors';
import type { TextFile } from '../../infraRepo/decide/text';
import type {
  InfraFiles,
  RequestPullRequest,
  RequestPullRequests,
  RequestRepository,
} from '../../infraRepo/ports';
import type { PullRequestText } from '../decide/pullRequestText';
import type { Refusal } from './refusal';

/** @public */
export interface PublishedPullRequest {
  outcome: 'opened' | 'updated' | 'unchanged';
  number: number;
  url: string;
}

/** What is there before: the tips of both branches, and the open pull request. */
export interface PublishedBefore {
  base: string;
  baseTip: { sha: string };
  branchTip: { sha: string; message: string } | undefined;
  open: RequestPullRequest | undefined;
}

/** @public */
export interface OpenPullRequestPorts {
  repository: RequestRepository;
  pullRequests: RequestPullRequests;
}

/** @throws NotFoundError when there is no base branch */
export const readPublishedBefore = async (
  branch: string,
  base: string,
  { repository, pullRequests }: OpenPullRequestPorts,
): Promise<PublishedBefore> => {
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
  return { base, baseTip, branchTip, open };
};

/**
 * Pushes the changes to the branch, as one commit on the tip of the base, and opens or updates its pull request.
 * @param trailer - identifies our commits; a branch with others is refused
 */
export const publishPullRequest = async (
  { changes, text }: { changes: TextFile[]; text: PullRequestText },
  trailer: string,
  { base, baseTip, branchTip, open }: PublishedBefore,
  { repository, pullRequests }: OpenPullRequestPorts,
): Promise<PublishedPullRequest | Refusal> => {
  const { branch } = text;
  // Without an open pull request the branch may be merged. A new pull request requires a new commit.
  const isPushed =
    open && branchTip
      ? await hasAllChanges(repository.filesAt(branchTip.sha), changes)
      : false;
  if (!isPushed) {
    if (branchTip && !branchTip.message.includes(trailer)) {
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
