import { ConflictError } from '@backstage/errors';
import type { BranchMove, BranchRecords } from '../ports';

/** GitHub may record a push some seconds after it accepted it. */
const ATTEMPTS = 5;
const PAUSE_MS = 3000;

/** The tip of a branch, and who put it there. */
export interface BranchTip {
  /** Undefined when there is no such branch. */
  sha: string | undefined;
  /** Who moved the branch last. */
  movedBy: string;
  /** The commit that the account pushed last, wherever the branch is now. */
  own: string | undefined;
}

/**
 * Finds the last push of an account to a branch, in GitHub's own record.
 * @param readTip - reads the current tip
 * @throws ConflictError when the record does not reach up to the tip
 */
export const findOwnPush = async (
  { branch, account }: { branch: string; account: string },
  {
    readTip,
    records,
    sleep,
  }: {
    readTip: () => Promise<string | undefined>;
    records: BranchRecords;
    sleep: (ms: number) => Promise<void>;
  },
): Promise<BranchTip> => {
  for (let attempt = 1; ; attempt++) {
    const sha = await readTip();
    const { last, own } = await search(records, branch, account).catch(
      error => {
        // No branch, no record.
        if ((error as Error).name === 'NotFoundError' && sha === undefined)
          return { last: undefined, own: undefined };
        throw error;
      },
    );
    if (last?.sha === sha)
      return { sha, movedBy: last?.account ?? '', own: own?.sha };
    if (attempt === ATTEMPTS)
      throw new ConflictError(
        `GitHub does not say who ${
          sha ? `pushed ${sha} to` : 'deleted'
        } ${branch}, so its audit rows can't be trusted. Run this again; if that doesn't help, merge or close the pull request of ${branch} and delete the branch.`,
      );
    await sleep(PAUSE_MS);
  }
};

const search = async (
  records: BranchRecords,
  branch: string,
  account: string,
): Promise<{ last?: BranchMove; own?: BranchMove }> => {
  let last: BranchMove | undefined;
  for await (const move of records.moves(branch)) {
    last ??= move;
    if (move.isPush && move.account === account && move.sha !== undefined)
      return { last, own: move };
  }
  return { last };
};
