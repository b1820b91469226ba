import { hasCommentKey } from '../decide/outputComment';

/**
 * Where the comments of pull requests are.
 *
 * @public
 */
export interface PullRequestComments {
  ofBots(number: number): Promise<Array<{ id: number; body: string }>>;
  create(number: number, body: string): Promise<void>;
  update(id: number, body: string): Promise<void>;
}

/**
 * One comment on a pull request that a key finds again.
 *
 * @public
 */
export interface KeptComment {
  /** Of the pull request. */
  number: number;
  key: string;
  /** Begins with the key's marker. */
  body: string;
}

/**
 * Makes the comment; where it is there already, it gets this text instead.
 *
 * @public
 */
export const keepComment = async (
  comments: PullRequestComments,
  comment: KeptComment,
): Promise<'made' | 'updated'> => {
  if (await updateComment(comments, comment)) return 'updated';
  await comments.create(comment.number, comment.body);
  return 'made';
};

/** @returns whether there is such a comment; without one nothing is done */
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
