import { Problem } from '@goldenpath/plugin-golden-path-common';
import { Claim, ClaimKey } from '../claims';
import { ClaimFacts, heldBecause } from '../claimVerdict';

/**
 * No other task works on the request or its repository, and no pull request of another waits for it. Claims that
 * stand in nobody's way any more are given out in `stale`, for the caller to free.
 */
export const requestUnclaimed = async (
  key: ClaimKey,
  claims: Claim[],
  ports: {
    /** The facts about a claim of another task. */
    factsOf(claim: Claim): Promise<ClaimFacts>;
    /** The open pull request that carries this request, and the task that it is of. */
    openPullRequest(): Promise<
      { url: string; taskId: string | undefined } | undefined
    >;
  },
): Promise<{ problems: Problem[]; stale: Claim[] }> => {
  const problems: Problem[] = [];
  const stale: Claim[] = [];
  const others = claims.filter(
    claim => claim.taskId !== key.taskId && claim.state === 'held',
  );
  for (const claim of others) {
    const reason = heldBecause(await ports.factsOf(claim));
    if (reason === undefined) {
      stale.push(claim);
      continue;
    }
    problems.push(
      claim.requestId === key.requestId
        ? {
            field: 'databaseName',
            message: `Database name: ${key.requestId} is taken: ${reason}.`,
          }
        : {
            field: 'component_id',
            message: `App name: the repository ${key.repo} is taken: ${reason}.`,
          },
    );
  }
  const open =
    problems.length === 0 ? await ports.openPullRequest() : undefined;
  if (open && open.taskId !== key.taskId) {
    problems.push({
      field: 'databaseName',
      message: `Database name: ${key.requestId} waits in pull request ${open.url} already.`,
    });
  }
  return { problems, stale };
};
