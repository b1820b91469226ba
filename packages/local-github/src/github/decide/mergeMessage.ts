import { getBody, Commit, getTitle } from '../git/commit';
import { RepositorySettings } from '../state/model';

/** Title and body of the commit that a merge makes, unless the caller words them. */
export interface MergeMessage {
  title: string;
  body: string;
}

/** https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges */
export const composeMergeMessage = (
  method: 'merge' | 'squash',
  pull: {
    number: number;
    title: string;
    body: string | null;
    owner: string;
    head: string;
  },
  /** Of the pull request, oldest first. */
  commits: Commit[],
  settings: Pick<
    RepositorySettings,
    'squash_merge_commit_title' | 'squash_merge_commit_message'
  >,
): MergeMessage => {
  if (method === 'merge') {
    return {
      title: `Merge pull request #${pull.number} from ${pull.owner}/${pull.head}`,
      body: pull.title,
    };
  }
  const only = commits.length === 1 ? commits[0] : undefined;
  const ofCommit =
    only && settings.squash_merge_commit_title === 'COMMIT_OR_PR_TITLE';
  return {
    title: `${ofCommit ? getTitle(only.message) : pull.title} (#${
      pull.number
    })`,
    body: composeSquashBody(
      pull.body,
      commits,
      settings.squash_merge_commit_message,
    ),
  };
};

const composeSquashBody = (
  pullBody: string | null,
  commits: Commit[],
  kind: RepositorySettings['squash_merge_commit_message'],
): string => {
  if (kind === 'BLANK') return '';
  if (kind === 'PR_BODY') return pullBody ?? '';
  return commits.length === 1
    ? getBody(commits[0].message)
    : commits.map(({ message }) => `* ${message}`).join('\n\n');
};

export const toText = ({ title: head, body }: MergeMessage): string =>
  body ? `${head}\n\n${body}\n` : `${head}\n`;
