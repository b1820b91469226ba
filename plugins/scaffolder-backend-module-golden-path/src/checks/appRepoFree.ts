import { Problem } from '@goldenpath/plugin-golden-path-common';
import { GitHubRepo } from '@goldenpath/plugin-golden-path-node';
import { Claim } from '../claims';

/** Checks that the app's repository doesn't exist, or that this task or the one that it continues created it. */
export const checkAppRepo = async (
  app: GitHubRepo,
  /** The claims on the repository. */
  claims: Claim[],
  ports: {
    repository(repo: GitHubRepo): Promise<{ url: string } | undefined>;
    /** Whether this task goes on with what that claim's task began. */
    isContinued(claim: Claim): boolean;
    /** How to continue that task. */
    explainContinue(claim: Claim): string | undefined;
  },
): Promise<Problem[]> => {
  const found = await ports.repository(app);
  if (!found) return [];
  const creators = claims.filter(
    claim =>
      claim.repoState !== 'none' &&
      claim.state !== 'taken_over' &&
      claim.repo.endsWith(`/${app.owner}/${app.repo}`.toLocaleLowerCase('en')),
  );
  if (creators.some(ports.isContinued)) return [];
  const creator = creators.at(-1);
  const how =
    creator &&
    (ports.explainContinue(creator) ?? 'Continue there (see Create → Tasks)');
  return [
    {
      field: 'component_id',
      message: `App name: the repository ${found.url} exists already${
        creator
          ? `, created by task ${creator.taskId}. ${how}, or choose another name`
          : '; choose another name'
      }.`,
    },
  ];
};
