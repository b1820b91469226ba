import {
  AppRequest,
  isAppRequestId,
  isDatabaseRequest,
  RequestKey,
  runName,
} from '@goldenpath/plugin-golden-path-common';
import { checkClaims } from './checks/requestUnclaimed';
import { Claim, Claims } from './claims';
import { ClaimFacts } from './claimVerdict';
import { GoldenPathConfig } from './config';
import { GitHub } from './github';
import { listPullRequests } from './pullRequestOfTask';
import { claimKey } from './requestInput';
import { ReadTaskLife } from './taskLife';

type Reads = Pick<GitHub, 'workflowRuns' | 'pullRequests'>;

/** Checks a request against the claims around it, with what GitHub and the scaffolder know about them. */
export const checkRequestClaims = async (
  request: AppRequest,
  taskId: string,
  deps: {
    config: GoldenPathConfig;
    claims: Pick<Claims, 'around'>;
    github: Reads;
    readTaskLife: ReadTaskLife;
  },
) => {
  const { config, claims, github } = deps;
  const key = claimKey(request, config, taskId);
  const around = await claims.around(key);
  const pulls = isDatabaseRequest(request)
    ? await listPullRequests(request, config.infraRepo, github.pullRequests)
    : [];
  const checked = await checkClaims(key, request, around, {
    factsOf: claim => readClaimFacts(claim, deps),
    openPullRequest: async () => pulls.find(pull => pull.isOpen),
  });
  return {
    ...checked,
    /** The pull request of what this task goes on with. */
    pullRequest: pulls.find(
      pull => pull.taskId === checked.continued?.claim.runBy,
    ),
  };
};

export type CheckedClaims = Awaited<ReturnType<typeof checkRequestClaims>>;

/** Reads the facts about another task's claim. The request id names environment and database. */
const readClaimFacts = async (
  claim: Claim,
  deps: { config: GoldenPathConfig; github: Reads; readTaskLife: ReadTaskLife },
): Promise<ClaimFacts> => {
  const { config, github } = deps;
  const task = await deps.readTaskLife(claim.taskId);
  if (isAppRequestId(claim.requestId))
    return { claim, task, run: undefined, pullRequest: undefined };
  const infra = { owner: config.infraRepo.owner, repo: config.infraRepo.repo };
  const key = parseRequestId(claim.requestId);
  const run =
    claim.runId === undefined
      ? (
          await github.workflowRuns.findByTitle(
            infra,
            config.infraRepo.workflow,
            runName(key, claim.runBy),
            claim.createdAt,
          )
        )[0]
      : await github.workflowRuns.get(infra, claim.runId);
  const pulls = await listPullRequests(key, infra, github.pullRequests);
  return {
    claim,
    task,
    run,
    pullRequest: pulls.find(pull => pull.taskId === claim.runBy),
  };
};

/** Database names have no hyphen, so the last one is the separator. */
const parseRequestId = (id: string): RequestKey => {
  const at = id.lastIndexOf('-');
  return { environment: id.slice(0, at), databaseName: id.slice(at + 1) };
};
