import { hasCommentKey } from '../decide/outputComment';

/**
 * The comments of pull requests.
 *
 * @public
 */
export interface PullRequestComments {
  ofBots(number: number): Promise<Array<{ id: number; body: string }>>;
  create(number: number, body: string): Promise<void>;
  update(id: number, body: string): Promise<void>;
}

/**
 * A comment on a pull request, identified by its key.
 *
 * @public
 */
export interface KeptComment {
  /** Number of the pull request. */
  number: number;
  key: string;
  /** Begins with the key's marker. */
  body: string;
}

/**
 * Creates the comment, or updates its text when it exists.
 *
 * @public
 */
export const keepComment = async (
  comments: PullRequestComments,
  comment: KeptComment,
): Promise<'created' | 'updated'> => {
  if (await updateComment(comments, comment)) return 'updated';
  await comments.create(comment.number, comment.body);
  return 'created';
};

/** Updates the comment if it exists. Returns whether it exists. */
export const updateComment = async (
  comments: PullRequestComments,
  { number, key, body }: KeptComment,
): Promise<boolean> => {
  const known = (await comments.ofBots(number)).find(comment =>
    hasCommentKey(comment.body, key),
  );
  if (known && known.body !== body) await comments.update(known.id, body);
  return known !== undefined;
};
