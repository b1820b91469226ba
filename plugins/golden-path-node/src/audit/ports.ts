import type { InfraFiles } from '../infraRepo/ports';

/**
 * One move of a branch, as GitHub recorded it.
 *
 * @public
 */
export interface BranchMove {
  /** Login of the account that GitHub authenticated. What a commit says about its author is free text. */
  account: string;
  /** The tip after the move; undefined when the branch was deleted. */
  sha: string | undefined;
  /** False when a pull request was merged into the branch. */
  isPush: boolean;
}

/**
 * What GitHub itself says about a branch. Nobody can change it by a push.
 *
 * @public
 */
export interface BranchRecords {
  /** Lists the moves of a branch, newest first. @throws NotFoundError when GitHub has no record of it */
  moves(branch: string): AsyncIterable<BranchMove>;
  /** Whether a pull request from the branch was merged with this commit as its head. */
  isMerged(branch: string, sha: string): Promise<boolean>;
  /** Opens the files of a commit, also of one that is on no branch any more. */
  filesAt(sha: string): InfraFiles;
}
