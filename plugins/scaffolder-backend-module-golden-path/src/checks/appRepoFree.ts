import { Problem } from '@goldenpath/plugin-golden-path-common';
import { GitHubRepo } from '@goldenpath/plugin-golden-path-node';
import { Claim } from '../claims';

/** Checks that the app's repository doesn't exist, or that this task created it. */
export const checkAppRepo = async (
  app: GitHubRepo,
  /** The claims on the repository. */
  claims: Claim[],
  taskId: string,
  ports: { repository(repo: GitHubRepo): Promise<{ url: string } | undefined> },
): Promise<Problem[]> => {
  const found = await ports.repository(app);
  if (!found) return [];
  const creator = claims.find(
    claim =>
      claim.repoState !== 'none' &&
      claim.repo.endsWith(`/${app.owner}/${app.repo}`.toLocaleLowerCase('en')),
  );
  if (creator?.taskId === taskId) return [];
  return [
    {
      field: 'component_id',
      message: `App name: the repository ${found.url} exists already${
        creator
          ? `, created by task ${creator.taskId} (see Create → Tasks): continue there, or choose another name`
          : '; choose another name'
      }.`,
    },
  ];
};
