import {
  DatabaseRequest,
  isAppRequestId,
  isDatabaseRequest,
} from '@goldenpath/plugin-golden-path-common';
import { Claim } from './claims';
import { GoldenPathConfig } from './config';
import { GitHub } from './github';
import { listPullRequests } from './pullRequestOfTask';

/** Says what became of a task that is done. GitHub may be unreachable: that must not make it fail. */
export const describeDone = async (
  { pullRequestUrl: url }: Pick<Claim, 'pullRequestUrl'>,
  request: DatabaseRequest,
  { infraRepo }: Pick<GoldenPathConfig, 'infraRepo'>,
  { pullRequests }: Pick<GitHub, 'pullRequests'>,
): Promise<string> => {
  const pulls = await listPullRequests(request, infraRepo, pullRequests).catch(
    () => [],
  );
  const pull = pulls.find(one => one.url === url);
  const state = pull && describeState(pull);
  return `This task is done; Retry changes nothing. Its pull request ${url} is ${
    state ?? 'on GitHub'
  }.${
    state === 'closed'
      ? ' Reopen it, or fill in the form again with another app name, to get the database.'
      : ''
  }`;
};

const describeState = (pull: { isOpen: boolean; isMerged: boolean }) => {
  if (pull.isMerged) return 'merged';
  return pull.isOpen ? 'open' : 'closed';
};

/** Says what a task goes on with: after Retry or recovery, or with what another task began. */
export const describeContinued = (
  { claim, needsNewRun }: { claim: Claim; needsNewRun: boolean },
  taskId: string,
): string => {
  const repo = claim.repoState === 'none' ? 'no repository yet' : claim.repo;
  const knownRun =
    claim.runId === undefined
      ? 'no workflow run known yet'
      : `workflow run ${claim.runId}`;
  const run = needsNewRun ? 'a new workflow run' : knownRun;
  const isForExistingApp =
    claim.request !== undefined &&
    isDatabaseRequest(claim.request) &&
    claim.request.existingApp;
  const ofDatabase = isForExistingApp ? run : `${run}, ${repo}`;
  const what = isAppRequestId(claim.requestId) ? repo : ofDatabase;
  return claim.taskId === taskId
    ? `This task continues where it stopped: ${what}.`
    : `This task continues what task ${claim.taskId} began: ${what}.`;
};
