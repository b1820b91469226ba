import {
  AppRequest,
  FIELD_RULES,
  isDatabaseRequest,
  Problem,
} from '@goldenpath/plugin-golden-path-common';
import { Claim, ClaimKey } from '../claims';
import { ClaimFacts, judgeClaim } from '../claimVerdict';

/** What the claims around a request allow. */
export interface ClaimsChecked {
  problems: Problem[];
  /** For the caller to free. */
  stale: Claim[];
  /** The claim that this task goes on with: its own, or an ended task's that asked for the same. */
  continued: { claim: Claim; needsNewRun: boolean } | undefined;
  /** Facts about the other tasks' claims. */
  facts: ClaimFacts[];
}

/**
 * Checks that no other task holds the request or its repository, and that no other pull request is open for it.
 */
export const checkClaims = async (
  key: ClaimKey,
  request: AppRequest,
  claims: Claim[],
  ports: {
    /** Reads the facts about another task's claim. */
    factsOf(claim: Claim): Promise<ClaimFacts>;
    /** Finds the open pull request for this request, and its task. */
    openPullRequest(): Promise<
      { url: string; taskId: string | undefined } | undefined
    >;
  },
): Promise<ClaimsChecked> => {
  const checked: ClaimsChecked = {
    problems: [],
    stale: [],
    continued: undefined,
    facts: [],
  };
  const { problems, stale } = checked;
  const problem = (message: string): Problem =>
    createProblem(
      isDatabaseRequest(request) ? 'databaseName' : 'component_id',
      message,
    );
  const own = claims.find(
    ({ requestId, taskId }) =>
      requestId === key.requestId && taskId === key.taskId,
  );
  if (own?.state === 'taken_over') {
    const by = claims.find(
      one => one.startedBy === own.startedBy && one.state !== 'taken_over',
    );
    problems.push(
      problem(
        `task ${
          by?.taskId ?? '(unknown)'
        } took over what this task began; continue there.`,
      ),
    );
    return checked;
  }

  for (const claim of claims.filter(isOther(key))) {
    const facts = await ports.factsOf(claim);
    checked.facts.push(facts);
    const verdict = judgeClaim(facts, request);
    if (verdict.kind === 'held') {
      problems.push(
        claim.requestId === key.requestId && isDatabaseRequest(request)
          ? problem(`${key.requestId} is taken: ${verdict.reason}.`)
          : createProblem(
              'component_id',
              `the repository ${key.repo} is taken: ${verdict.reason}.`,
            ),
      );
    } else if (verdict.kind === 'continue' && !own) {
      checked.continued = { claim, needsNewRun: verdict.needsNewRun };
    } else if (claim.state === 'held') {
      stale.push(claim);
    }
  }
  if (own) checked.continued = { claim: own, needsNewRun: false };

  const open =
    problems.length === 0 ? await ports.openPullRequest() : undefined;
  if (open && open.taskId !== (checked.continued?.claim.runBy ?? key.taskId)) {
    problems.push(
      problem(
        `${key.requestId} has an open pull request already: ${open.url}.`,
      ),
    );
  }
  return checked;
};

/** A freed claim counts, too: the repository of its app may exist. */
const isOther = (key: ClaimKey) => (claim: Claim) =>
  claim.taskId !== key.taskId &&
  (claim.state === 'held' || claim.state === 'freed');

const createProblem = (
  field: 'component_id' | 'databaseName',
  message: string,
): Problem => ({ field, message: `${FIELD_RULES[field].title}: ${message}` });
