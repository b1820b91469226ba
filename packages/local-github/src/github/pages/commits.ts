import { Context } from '../context';
import { createNotFound } from '../errors';
import { getTitle } from '../git/commit';
import { listChanges } from '../git/listChanges';
import { Repository } from '../state/model';
import { renderDiff } from './renderDiff';
import { html } from './html';
import { renderCodePage, toRepoPath, renderTime } from './layout';

/** The last commits of a branch. */
export const renderCommitsPage = async (
  context: Context,
  repo: Repository,
  ref: string,
): Promise<string> => {
  const { git, sha } = await findCommit(context, repo, ref);
  const commits = await git.listCommits([sha], { limit: 100 });
  return renderCodePage(
    repo,
    html`<h2>Commits on ${ref}</h2>
      <div class="box">
        ${commits.map(
          commit => html`<div class="row">
            <a class="grow" href="${toRepoPath(repo, 'commit', commit.sha)}"
              >${getTitle(commit.message)}</a
            >
            <span class="soft"
              >${commit.author.name} ·
              ${renderTime(commit.committer.date)}</span
            >
            <span class="mono">${commit.sha.slice(0, 7)}</span>
          </div>`,
        )}
      </div>`,
    'Commits',
  );
};

/** One commit and what it changed. */
export const renderCommitPage = async (
  context: Context,
  repo: Repository,
  ref: string,
): Promise<string> => {
  const { git, sha } = await findCommit(context, repo, ref);
  const commit = await git.readCommit(sha);
  return renderCodePage(
    repo,
    html`<div class="box">
        <pre>${commit.message}</pre>
        <div class="head soft">
          ${commit.author.name} · ${renderTime(commit.committer.date)} ·
          <span class="mono">${commit.sha}</span>
        </div>
      </div>
      ${renderDiff(await listChanges(git, commit.parents[0], sha))}`,
    getTitle(commit.message),
  );
};

const findCommit = async (context: Context, repo: Repository, ref: string) => {
  const git = context.openRepository(repo);
  const sha = await git.resolve(ref);
  if (!sha) throw createNotFound();
  return { git, sha };
};
