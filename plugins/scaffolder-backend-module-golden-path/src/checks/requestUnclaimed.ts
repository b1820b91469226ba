import { Problem } from '@goldenpath/plugin-golden-path-common';
import { Claim, ClaimKey } from '../claims';
import { ClaimFacts, explainHold } from '../claimVerdict';

/**
 * Checks that no other task holds the request or its repository, and that no other pull request is open for it. Returns
 * stale claims for the caller to free.
 */
export const checkClaims = async (
  key: ClaimKey,
  claims: Claim[],
  ports: {
    /** Reads the facts about another task's claim. */
    factsOf(claim: Claim): Promise<ClaimFacts>;
    /** Finds the open pull request for this request, and its task. */
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
    const reason = explainHold(await ports.factsOf(claim));
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
      message: `Database name: ${key.requestId} has an open pull request already: ${open.url}.`,
    });
  }
  return { problems, stale };
};
