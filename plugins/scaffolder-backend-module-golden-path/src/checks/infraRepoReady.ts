import { Problem } from '@goldenpath/plugin-golden-path-common';
import { GitHubRepo } from '@goldenpath/plugin-golden-path-node';

/**
 * Checks that the infra repo is visible and its workflow enabled. Platform faults, which the person at the form can't
 * fix.
 */
export const checkInfraRepo = async (
  infra: GitHubRepo & { workflow: string },
  ports: {
    repository(repo: GitHubRepo): Promise<{ url: string } | undefined>;
    isWorkflowEnabled(
      repo: GitHubRepo,
      workflow: string,
    ): Promise<boolean | undefined>;
  },
): Promise<Problem[]> => {
  const { owner, repo, workflow } = infra;
  const problem = (message: string): Problem[] => [
    { field: '(platform)', message: `${message} Tell the platform team.` },
  ];
  if (!(await ports.repository({ owner, repo }))) {
    return problem(
      `The infra repo ${owner}/${repo} (goldenPath.infraRepo.repoUrl) doesn't exist, or Backstage's GitHub credentials can't see it.`,
    );
  }
  const isEnabled = await ports.isWorkflowEnabled({ owner, repo }, workflow);
  if (isEnabled === undefined) {
    return problem(
      `The infra repo ${owner}/${repo} has no workflow ${workflow} (goldenPath.infraRepo.workflow).`,
    );
  }
  return isEnabled
    ? []
    : problem(
        `The workflow ${workflow} of ${owner}/${repo} is disabled on GitHub.`,
      );
};
