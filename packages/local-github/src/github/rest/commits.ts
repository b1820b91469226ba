import { createNotFound } from '../errors';
import { listChanges } from '../git/listChanges';
import { toCommit, toDiffEntry } from '../present/commit';
import { toSimplePull } from '../present/pullRequest';
import { toRepository } from '../present/repository';
import { listPullsOfCommit } from '../pullFacts';
import { answerOk, Operations } from './call';
import { createNoSuchRef, resolveCommit } from './refs';

const PATH = '/repos/{owner}/{repo}';

/** Commits and what they change. */
export const commitOperations: Operations = {
  [`GET ${PATH}/commits`]: async call => {
    const start = await resolveCommit(
      call,
      call.query.sha || call.repo.defaultBranch,
      () => createNotFound(),
    );
    const { page, perPage } = call.page;
    const found = await call.git.listCommits([start], {
      path: call.query.path,
      limit: perPage,
      skip: (page - 1) * perPage,
    });
    const total = call.query.path
      ? (page - 1) * perPage + found.length + Number(found.length === perPage)
      : await call.git.countCommits([start]);
    return {
      status: 200,
      body: found.map(one => toCommit(call.context, call.repo, one)),
      headers: call.composeLinks(total),
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
    const found = await call.git.readCommit(sha);
    if (call.wants('diff')) {
      const from = found.parents[0];
      return text(from ? await call.git.diff(from, sha) : '', 'diff');
    }
    const changes = await listChanges(call.git, found.parents[0], sha);
    const additions = changes.reduce((sum, one) => sum + one.additions, 0);
    const deletions = changes.reduce((sum, one) => sum + one.deletions, 0);
    return answerOk({
      ...toCommit(call.context, call.repo, found),
      stats: { additions, deletions, total: additions + deletions },
      files: changes.map(change =>
        toDiffEntry(call.context, call.repo, sha, change),
      ),
    });
  },

  [`GET ${PATH}/commits/{commit_sha}/pulls`]: async call => {
    const { context, repo } = call;
    const sha = await resolveCommit(call, call.params.commit_sha);
    const found = await listPullsOfCommit(context, repo, sha);
    return call.answerPage(found, page =>
      page.map(issue => toSimplePull(context, repo, issue)),
    );
  },

  /** Nothing here sets statuses; Backstage's URL reader takes the commit from the answer. */
  [`GET ${PATH}/commits/{ref}/status`]: async call => {
    const { context, repo } = call;
    const sha = await resolveCommit(call, call.params.ref, createNoSuchRef);
    const url = context.urls.toRest('repos', repo.owner, repo.name);
    return answerOk({
      sha,
      state: 'pending',
      total_count: 0,
      statuses: [],
      repository: toRepository(context, repo),
      commit_url: `${url}/commits/${sha}`,
      url: `${url}/commits/${sha}/status`,
    });
  },
};
