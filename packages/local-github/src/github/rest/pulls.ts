import { GitHubError, createValidationFailed } from '../errors';
import { toDiffEntry } from '../present/commit';
import {
  toFullPull,
  isPull,
  PullRequest,
  toSimplePull,
} from '../present/pullRequest';
import { listPullChanges, findPullFacts } from '../pullFacts';
import {
  findHeadBranch,
  MergeMethod,
  mergePullRequest,
  openPullRequest,
  updatePullRequest,
} from '../pullRequests';
import { isSameName } from '../state/runStore';
import { Call, answerCreated, answerOk, Operations } from './call';

const PATH = '/repos/{owner}/{repo}/pulls';

/** Pull requests. */
export const pullOperations: Operations = {
  [`GET ${PATH}`]: call => {
    const { context, repo, query } = call;
    const state = query.state ?? 'open';
    const pulls = repo.issues
      .filter(isPull)
      .filter(
        issue =>
          (state === 'all' || issue.isOpen === (state === 'open')) &&
          (!query.base || issue.pull.base === query.base) &&
          isFromHead(call, issue),
      )
      .sort(createOrder(query.sort, query.direction));
    return call.answerPage(pulls, page =>
      page.map(issue => toSimplePull(context, repo, issue)),
    );
  },

  [`POST ${PATH}`]: async call => {
    const body = call.readBody<{
      title?: string;
      body?: string | null;
      head: string;
      base: string;
      draft?: boolean;
      issue?: number;
    }>();
    const { actor, repo } = call;
    if (actor.runId !== undefined && repo.mayOpenPulls === false) {
      throw new GitHubError(
        403,
        'GitHub Actions is not permitted to create or approve pull requests.',
      );
    }
    if (!body.title) {
      throw createValidationFailed({
        resource: 'PullRequest',
        field: 'title',
        code: 'missing_field',
      });
    }
    const issue = await openPullRequest(
      call.context,
      call.repo,
      {
        title: body.title,
        body: body.body ?? null,
        head: body.head,
        base: body.base,
        isDraft: body.draft ?? false,
      },
      call.actor,
    );
    return answerCreated(await toFull(call, issue));
  },

  [`GET ${PATH}/{pull_number}`]: async call => {
    const issue = findPull(call);
    if (call.wants('diff')) {
      const { pull } = issue;
      const base = await call.git.findMergeBase(pull.baseSha, pull.headSha);
      return {
        status: 200,
        type: 'application/vnd.github.diff; charset=utf-8',
        body: await call.git.diff(base ?? pull.baseSha, pull.headSha),
      };
    }
    return answerOk(await toFull(call, issue));
  },

  [`PATCH ${PATH}/{pull_number}`]: async call => {
    const issue = findPull(call);
    await updatePullRequest(
      call.context,
      call.repo,
      issue,
      call.readBody<{
        title?: string;
        body?: string | null;
        base?: string;
        state?: 'open' | 'closed';
      }>(),
      call.actor,
    );
    return answerOk(await toFull(call, issue));
  },

  [`GET ${PATH}/{pull_number}/files`]: async call => {
    const issue = findPull(call);
    const changes = await listPullChanges(call.context, call.repo, issue);
    return call.answerPage(changes, page =>
      page.map(change =>
        toDiffEntry(call.context, call.repo, issue.pull.headSha, change),
      ),
    );
  },

  [`POST ${PATH}/{pull_number}/requested_reviewers`]: call => {
    const { context, repo } = call;
    const issue = findPull(call);
    const { team_reviewers: teams = [] } = call.readBody<{
      team_reviewers?: string[];
    }>();
    // Only teams that may see the repository can be asked.
    if (teams.some(slug => !Object.hasOwn(repo.teams, slug))) {
      throw new GitHubError(
        422,
        'Reviews may only be requested from collaborators. One or more of the teams you specified is not a collaborator of the repository.',
      );
    }
    const now = context.now();
    issue.pull.reviewRequests = [
      ...(issue.pull.reviewRequests ?? []),
      ...teams.map(team => ({
        id: context.file.takeId(),
        team,
        actor: call.actor.login,
        createdAt: now,
      })),
    ];
    issue.updatedAt = now;
    return answerCreated(toSimplePull(context, repo, issue));
  },

  [`PUT ${PATH}/{pull_number}/merge`]: async call => {
    const body = call.readBody<{
      commit_title?: string;
      commit_message?: string;
      sha?: string;
      merge_method?: MergeMethod;
    } | null>();
    const sha = await mergePullRequest(
      call.context,
      call.repo,
      findPull(call),
      {
        method: body?.merge_method ?? 'merge',
        title: body?.commit_title,
        message: body?.commit_message,
        sha: body?.sha,
      },
      call.actor,
    );
    return answerOk({
      sha,
      merged: true,
      message: 'Pull Request successfully merged',
    });
  },
};

const toFull = async ({ context, repo }: Call, issue: PullRequest) =>
  toFullPull(context, repo, issue, await findPullFacts(context, repo, issue));

export const findPull = ({ repo, params }: Call): PullRequest => {
  const found = repo.issues
    .filter(isPull)
    .find(({ number }) => String(number) === params.pull_number);
  if (!found) throw new GitHubError(404, 'Not Found');
  return found;
};

/** `head` counts only as `owner:branch`; GitHub passes over anything else. */
const isFromHead = ({ repo, query }: Call, { pull }: PullRequest): boolean => {
  const { head } = query;
  if (!head || !head.includes(':')) return true;
  const [owner] = head.split(':');
  return (
    isSameName(owner, repo.owner) && findHeadBranch(repo, head) === pull.head
  );
};

const createOrder =
  (sort = 'created', direction?: string) =>
  (a: PullRequest, b: PullRequest): number => {
    const isAscending =
      (direction ?? (sort === 'created' ? 'desc' : 'asc')) === 'asc';
    const newer =
      sort === 'updated'
        ? a.updatedAt.localeCompare(b.updatedAt) || a.number - b.number
        : a.number - b.number;
    return isAscending ? newer : -newer;
  };
