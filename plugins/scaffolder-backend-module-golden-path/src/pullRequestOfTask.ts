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

/** The pull requests of a request, newest first, each with the task whose marker it carries. */
export const pullRequestsOf = async (
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
