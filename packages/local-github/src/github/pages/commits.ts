import { Context } from '../context';
import { notFound } from '../errors';
import { title } from '../git/commit';
import { Repository } from '../state/model';
import { diff } from './diff';
import { html } from './html';
import { renderCodePage, repoPath, time } from './layout';

/** The last commits of a branch. */
export const commitsPage = async (
  context: Context,
  repo: Repository,
  ref: string,
): Promise<string> => {
  const { git, sha } = await findCommit(context, repo, ref);
  const commits = await git.commits([sha], { limit: 100 });
  return renderCodePage(
    repo,
    html`<h2>Commits on ${ref}</h2>
      <div class="box">
        ${commits.map(
          commit => html`<div class="row">
            <a class="grow" href="${repoPath(repo, 'commit', commit.sha)}"
              >${title(commit.message)}</a
            >
            <span class="soft"
              >${commit.author.name} · ${time(commit.committer.date)}</span
            >
            <span class="mono">${commit.sha.slice(0, 7)}</span>
          </div>`,
        )}
      </div>`,
    'Commits',
  );
};

/** One commit and what it changed. */
export const commitPage = async (
  context: Context,
  repo: Repository,
  ref: string,
): Promise<string> => {
  const { git, sha } = await findCommit(context, repo, ref);
  const commit = await git.commit(sha);
  return renderCodePage(
    repo,
    html`<div class="box">
        <pre>${commit.message}</pre>
        <div class="head soft">
          ${commit.author.name} · ${time(commit.committer.date)} ·
          <span class="mono">${commit.sha}</span>
        </div>
      </div>
      ${diff(await git.changes(commit.parents[0], sha))}`,
    title(commit.message),
  );
};

const findCommit = async (context: Context, repo: Repository, ref: string) => {
  const git = context.git(repo);
  const sha = await git.resolve(ref);
  if (!sha) throw notFound();
  return { git, sha };
};
