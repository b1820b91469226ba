import { ConflictError } from '@backstage/errors';
import type {
  Approver,
  LabelEvent,
  LabelledPullRequest,
  PullRequestHead,
} from '../../guard/decide/countLabels';
import type { RemovalReviews } from '../../guard/decide/findSecondApproval';
import { GitHubRepo, OctokitFor } from './client';
import { readStatus } from './errors';

/**
 * Reads who labelled a pull request, and who may approve one; changes nothing.
 * @param membersOctokitFor - its token sees the teams of the organization; by default the same
 *
 * @public
 */
export const createLabelReader = (
  octokitFor: OctokitFor,
  repo: GitHubRepo,
  membersOctokitFor = octokitFor,
) => ({
  /** Reads author, labels, branch and all label events of a pull request, oldest first. */
  readPullRequest: async (number: number): Promise<LabelledPullRequest> => {
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
                  at: event.created_at,
                },
              ]
            : [],
        ),
      head: {
        branch: pull.head.ref,
        sha: pull.head.sha,
        repository: pull.head.repo?.full_name,
        isMerged: pull.merged,
      },
    };
  },

  /**
   * When the branch got its tip, by GitHub's own record of pushes: times of commits are the author's to choose.
   * https://docs.github.com/en/rest/repos/repos#list-repository-activities
   * @returns undefined where the server has no such record, or the fork is gone or hidden
   * @throws ConflictError when the record has another tip
   */
  readPushTime: async (head: PullRequestHead): Promise<string | undefined> => {
    const [owner, name] = head.repository?.split('/') ?? [];
    if (!owner || !name) return undefined;
    const octokit = await octokitFor(repo);
    const found = await orUndefined(
      octokit.rest.repos.listActivities({
        owner,
        repo: name,
        ref: `refs/heads/${head.branch}`,
        direction: 'desc',
        per_page: head.isMerged ? 100 : 1,
      }),
      [403, 404],
    );
    if (!found) return undefined;
    // After the merge the branch may have been deleted or used again.
    const last = head.isMerged
      ? found.data.find(({ after }) => after === head.sha)
      : found.data[0];
    if (last?.after !== head.sha)
      throw new ConflictError(
        `The pull request's tip is ${
          head.sha
        }, but GitHub's record of pushes to ${head.branch} ends with ${
          last?.after ?? 'nothing'
        }; run this again.`,
      );
    return last.timestamp;
  },

  /** Finds the merged pull request that brought a commit of the branch; undefined if it was pushed without one. */
  findMergedPull: async (sha: string): Promise<number | undefined> => {
    const octokit = await octokitFor(repo);
    const { data } =
      await octokit.rest.repos.listPullRequestsAssociatedWithCommit({
        ...repo,
        commit_sha: sha,
        per_page: 100,
      });
    return data.find(
      ({ merged_at, base }) =>
        merged_at !== null &&
        base.repo.full_name.toLowerCase() ===
          `${repo.owner}/${repo.repo}`.toLowerCase(),
    )?.number;
  },

  /** Reads reviews, newest commit and pushes of a pull request's branch. */
  readRemovalReviews: async (
    number: number,
    head: PullRequestHead,
  ): Promise<RemovalReviews> => {
    const octokit = await octokitFor(repo);
    const reviews = await octokit.paginate(octokit.rest.pulls.listReviews, {
      ...repo,
      pull_number: number,
      per_page: 100,
    });
    const { data: commits } = await octokit.rest.repos.listCommits({
      ...repo,
      sha: head.sha,
      per_page: 100,
    });
    const [owner, name] = head.repository?.split('/') ?? [];
    const pushes =
      owner && name
        ? await orUndefined(
            octokit.rest.repos.listActivities({
              owner,
              repo: name,
              ref: `refs/heads/${head.branch}`,
              direction: 'desc',
              per_page: 100,
            }),
            [403, 404],
          )
        : undefined;
    return {
      reviews: reviews.map(({ user, state, commit_id }) => ({
        by: user?.login,
        isBot: user?.type === 'Bot',
        state,
        commit: commit_id ?? undefined,
      })),
      branch: head.branch,
      messages: commits.map(({ commit }) => commit.message),
      pushers: (pushes?.data ?? []).flatMap(({ activity_type, actor }) =>
        actor && PUSHES.includes(activity_type) ? [actor.login] : [],
      ),
    };
  },

  /** @returns false for someone who isn't a collaborator */
  mayWrite: async (login: string): Promise<boolean> => {
    const found = await readPermission(await octokitFor(repo), repo, login);
    return ['admin', 'write'].includes(found?.data.permission ?? '');
  },

  /** Asks for the membership of a team, or, where the token can't see the team, for the role in the repository. */
  readApprover: async (login: string, team: string): Promise<Approver> => {
    const { owner: org } = repo;
    const members = await membersOctokitFor(repo);
    const canSeeTeam = await isAllowed(
      members.rest.teams.getByName({ org, team_slug: team }),
    );
    if (canSeeTeam) {
      const found = await orUndefined(
        members.rest.teams.getMembershipForUserInOrg({
          org,
          team_slug: team,
          username: login,
        }),
        [404],
      );
      // A member who was invited and hasn't accepted is "pending".
      return { may: found?.data.state === 'active', by: 'team' };
    }
    const found = await readPermission(await octokitFor(repo), repo, login);
    const may = ['admin', 'maintain'].includes(found?.data.role_name ?? '');
    return { may, by: 'repository' };
  },
});

/** https://docs.github.com/en/rest/repos/repos#list-repository-activities: the others delete a branch, or merge. */
const PUSHES = ['push', 'force_push', 'branch_creation'];

const isAllowed = async (call: Promise<unknown>): Promise<boolean> =>
  (await orUndefined(call, [403, 404])) !== undefined;

/** The role of a collaborator; undefined for someone who isn't one. */
const readPermission = (
  octokit: Awaited<ReturnType<OctokitFor>>,
  repo: GitHubRepo,
  username: string,
) =>
  orUndefined(
    octokit.rest.repos.getCollaboratorPermissionLevel({ ...repo, username }),
    [404],
  );

/** Undefined for these answers of GitHub; other errors are thrown. */
const orUndefined = <T>(
  call: Promise<T>,
  statuses: number[],
): Promise<T | undefined> =>
  call.catch(error => {
    if (statuses.includes(readStatus(error) ?? 0)) return undefined;
    throw error;
  });
