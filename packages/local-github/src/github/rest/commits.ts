import { GitHubError, notFound } from '../errors';
import { simpleUser } from '../present/account';
import { commit, diffEntry } from '../present/commit';
import { nodeId } from '../present/nodeId';
import { repository } from '../present/repository';
import { CommitStatus } from '../state/model';
import { Call, created, ok, Operations } from './call';
import { noSuchRef, resolveCommit } from './refs';

const PATH = '/repos/{owner}/{repo}';

/** Commits, what they change, and their statuses. */
export const commitOperations: Operations = {
  [`GET ${PATH}/commits`]: async call => {
    const start = await resolveCommit(
      call,
      call.query.sha || call.repo.defaultBranch,
      () => notFound(),
    );
    const { page, perPage } = call.page;
    const found = await call.git.commits([start], {
      path: call.query.path,
      limit: perPage,
      skip: (page - 1) * perPage,
    });
    const total = call.query.path
      ? (page - 1) * perPage + found.length + Number(found.length === perPage)
      : await call.git.countCommits([start]);
    return {
      status: 200,
      body: found.map(one => commit(call.context, call.repo, one)),
      headers: call.links(total),
    };
  },

  [`GET ${PATH}/commits/{ref}`]: async call => {
    const sha = await resolveCommit(call, call.params.ref);
    const text = (body: string, kind: string) => ({
      status: 200,
      type: `application/vnd.github.${kind}; charset=utf-8`,
      body,
    });
    if (call.wants('sha')) return text(sha, 'sha');
    const found = await call.git.commit(sha);
    if (call.wants('diff')) {
      const from = found.parents[0];
      return text(from ? await call.git.diff(from, sha) : '', 'diff');
    }
    const changes = await call.git.changes(found.parents[0], sha);
    const additions = changes.reduce((sum, one) => sum + one.additions, 0);
    const deletions = changes.reduce((sum, one) => sum + one.deletions, 0);
    return ok({
      ...commit(call.context, call.repo, found),
      stats: { additions, deletions, total: additions + deletions },
      files: changes.map(change =>
        diffEntry(call.context, call.repo, sha, change),
      ),
    });
  },

  [`GET ${PATH}/commits/{ref}/status`]: async call => {
    const { context, repo } = call;
    const sha = await resolveCommit(call, call.params.ref, noSuchRef);
    const statuses = newestByContext(
      repo.statuses.filter(status => status.sha === sha),
    );
    const url = context.urls.rest('repos', repo.owner, repo.name);
    return ok({
      sha,
      state: combinedState(statuses),
      total_count: statuses.length,
      statuses: statuses.map(status => statusJson(call, status, false)),
      repository: repository(context, repo),
      commit_url: `${url}/commits/${sha}`,
      url: `${url}/commits/${sha}/status`,
    });
  },

  [`POST ${PATH}/statuses/{sha}`]: async call => {
    const body = call.body<{
      state: CommitStatus['state'];
      context?: string;
      description?: string | null;
      target_url?: string | null;
    }>();
    const sha = await call.git.resolve(call.params.sha);
    if (!sha || sha !== call.params.sha) {
      throw new GitHubError(422, `No commit found for SHA: ${call.params.sha}`);
    }
    const status: CommitStatus = {
      id: call.context.file.nextId(),
      sha,
      state: body.state,
      context: body.context ?? 'default',
      description: body.description ?? null,
      targetUrl: body.target_url ?? null,
      creator: call.actor.login,
      createdAt: call.context.now(),
    };
    call.repo.statuses.push(status);
    return created(statusJson(call, status, true));
  },
};

const newestByContext = (statuses: CommitStatus[]) => [
  ...new Map(statuses.map(status => [status.context, status])).values(),
];

const combinedState = (statuses: CommitStatus[]) => {
  if (statuses.some(({ state }) => state === 'error' || state === 'failure'))
    return 'failure';
  return statuses.length > 0 && statuses.every(one => one.state === 'success')
    ? 'success'
    : 'pending';
};

const statusJson = (
  { context, repo }: Call,
  status: CommitStatus,
  withCreator: boolean,
) => {
  const creator = context.account(status.creator);
  return {
    url: `${context.urls.rest(
      'repos',
      repo.owner,
      repo.name,
      'statuses',
      status.sha,
    )}`,
    avatar_url: `${context.urls.server}/avatars/${creator.id}`,
    id: status.id,
    node_id: nodeId('StatusContext', status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    ...(withCreator && { creator: simpleUser(context, creator) }),
  };
};
