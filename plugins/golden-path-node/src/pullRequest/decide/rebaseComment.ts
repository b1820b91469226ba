import { printCommentMarker, composeOutputComment } from './outputComment';

/** Key of the comment on a request that can't be rebased. */
export const REBASE_COMMENT_KEY = 'rds-rebase';

/** Composes the comment on a request that can't be rebased: the reason and the next step. */
export const composeRefusedComment = (
  reason: string,
): string => `${composeOutputComment(
  REBASE_COMMENT_KEY,
  'This request conflicts with its base branch',
  reason,
)}
Fix what this names; the next merge of a database request updates this one. Or close this pull request, delete its branch, and
send the request again with other values.
`;

/** Composes the text that replaces {@link composeRefusedComment} after a successful rebase. */
export const composeUpToDateComment = (): string =>
  `${printCommentMarker(
    REBASE_COMMENT_KEY,
  )}\n### This request is up to date again\n\nThe conflict is resolved.\n`;
