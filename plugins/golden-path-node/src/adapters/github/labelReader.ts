import { GitHubRepo, OctokitFor } from './client';
import { readStatus } from './errors';

interface LabelEvent {
  action: 'labeled' | 'unlabeled';
  label: string;
  by: string | undefined;
}

/**
 * Reads who labelled a pull request, and who may approve one; changes nothing.
 *
 * @public
 */
export const createLabelReader = (
  octokitFor: OctokitFor,
  repo: GitHubRepo,
) => ({
  /** Reads author, labels and all label events of a pull request, oldest first. */
  readPullRequest: async (
    number: number,
  ): Promise<{ author: string; labels: string[]; events: LabelEvent[] }> => {
    const octokit = await octokitFor(repo);
    const { data: pull } = await octokit.rest.pulls.get({
      ...repo,
      pull_number: number,
    });
    const events = await octokit.paginate(octokit.rest.issues.listEvents, {
      ...repo,
      issue_number: number,
      per_page: 100,
    });
    return {
      author: pull.user?.login ?? '',
      labels: pull.labels.map(({ name }) => name),
      events: events
        .sort((one, other) => one.id - other.id)
        .flatMap((event): LabelEvent[] =>
          (event.event === 'labeled' || event.event === 'unlabeled') &&
          'label' in event
            ? [
                {
                  action: event.event,
                  label: event.label.name ?? '',
                  by: event.actor?.login,
                },
              ]
            : [],
        ),
    };
  },

  /** Asks for the membership of a team, or, where the token can't see the team, for the role in the repository. */
  readApprover: async (
    login: string,
    team: string,
  ): Promise<{ may: boolean; by: 'team' | 'repository' }> => {
    const octokit = await octokitFor(repo);
    const { owner: org } = repo;
    const canSeeTeam = await isAllowed(
      octokit.rest.teams.getByName({ org, team_slug: team }),
    );
    if (canSeeTeam) {
      const found = await orUndefined(
        octokit.rest.teams.getMembershipForUserInOrg({
          org,
          team_slug: team,
          username: login,
        }),
        [404],
      );
      // A member who was invited and hasn't accepted is "pending".
      return { may: found?.data.state === 'active', by: 'team' };
    }
    const found = await orUndefined(
      octokit.rest.repos.getCollaboratorPermissionLevel({
        ...repo,
        username: login,
      }),
      [404],
    );
    const may = ['admin', 'maintain'].includes(found?.data.role_name ?? '');
    return { may, by: 'repository' };
  },
});

const isAllowed = async (call: Promise<unknown>): Promise<boolean> =>
  (await orUndefined(call, [403, 404])) !== undefined;

/** Undefined for these answers of GitHub; other errors are thrown. */
const orUndefined = <T>(
  call: Promise<T>,
  statuses: number[],
): Promise<T | undefined> =>
  call.catch(error => {
    if (statuses.includes(readStatus(error) ?? 0)) return undefined;
    throw error;
  });
