import { commentMarker, programOutputComment } from './outputComment';

/** Finds the comment on a request that can't be brought up to date. */
export const REBASE_COMMENT_KEY = 'rds-rebase';

/** Tells those who look after a request why it can't be brought up to date, and what to do. */
export const refusedComment = (
  reason: string,
): string => `${programOutputComment(
  REBASE_COMMENT_KEY,
  'This request can no longer be brought up to date',
  reason,
)}
Mend what this names, and the next merge of a database request brings this one up to date. Or close this pull request, delete its branch, and
send the request again with other values.
`;

/** In the place of {@link refusedComment}, once it no longer holds. */
export const upToDateComment = (): string =>
  `${commentMarker(
    REBASE_COMMENT_KEY,
  )}\n### This request is up to date again\n\nWhat was in the way is gone.\n`;
