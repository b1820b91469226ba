import {
  branchName,
  parsePullRequestMarker,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import {
  GitHubRepo,
  PullRequestReader,
  PullRequestSummary,
} from '@goldenpath/plugin-golden-path-node';

/** Lists the pull requests of a request, newest first, each with the task of its marker. */
export const listPullRequests = async (
  key: RequestKey,
  infra: GitHubRepo,
  reader: PullRequestReader,
): Promise<Array<PullRequestSummary & { taskId: string | undefined }>> =>
  (
    await reader.ofBranch(
      { owner: infra.owner, repo: infra.repo },
      branchName(key),
    )
  ).map(pull => ({
    ...pull,
    taskId: parsePullRequestMarker(pull.body)?.taskId,
  }));
