import { Problem } from '@goldenpath/plugin-golden-path-common';
import { GitHubRepo } from '@goldenpath/plugin-golden-path-node';
import { Claim } from '../claims';

/** Nobody has the app's repository, or this very task made it. */
export const appRepoFree = async (
  app: GitHubRepo,
  /** The claims around the request. */
  claims: Claim[],
  taskId: string,
  ports: { repository(repo: GitHubRepo): Promise<{ url: string } | undefined> },
): Promise<Problem[]> => {
  const found = await ports.repository(app);
  if (!found) return [];
  const maker = claims.find(
    claim =>
      claim.repoState !== 'none' &&
      claim.repo.endsWith(`/${app.owner}/${app.repo}`.toLocaleLowerCase('en')),
  );
  if (maker?.taskId === taskId) return [];
  return [
    {
      field: 'component_id',
      message: `App name: the repository ${found.url} exists already${
        maker
          ? `, made by task ${maker.taskId}, which is under Create → Tasks: go on there, or choose another name`
          : '; choose another name'
      }.`,
    },
  ];
};
