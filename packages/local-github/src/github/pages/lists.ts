import { Context } from '../context';
import { createNotFound } from '../errors';
import { html } from './html';
import { renderPage, toRepoPath, renderTime } from './layout';
import { Repository } from '../state/model';
import { isSameName } from '../state/runStore';

/** Every repository, or those of one owner. @throws GitHubError 404 where there is no such owner */
export const renderRepositoriesPage = (
  context: Context,
  login: string | undefined,
  isVisible: (repo: Repository) => boolean,
): string => {
  const owner = login === undefined ? undefined : context.findAccount(login);
  if (login !== undefined && !owner) throw createNotFound();
  const repos = context.state.repositories
    .filter(isVisible)
    .filter(repo => !owner || isSameName(repo.owner, owner.login))
    .sort((a, b) => b.pushedAt.localeCompare(a.pushedAt));
  return renderPage({
    title: owner?.login ?? 'Repositories',
    content: html`<h2 class="title">${owner?.login ?? 'Repositories'}</h2>
      <div class="box">
        ${repos.length === 0 &&
        html`<div class="body soft">No repositories.</div>`}
        ${repos.map(
          repo => html`<div class="row">
            <span class="grow">
              <a href="${toRepoPath(repo)}">${repo.owner}/${repo.name}</a>
              <span class="tag">${repo.isPrivate ? 'Private' : 'Public'}</span
              ><br />
              <span class="soft">${repo.description}</span>
            </span>
            <span class="soft">${renderTime(repo.pushedAt)}</span>
          </div>`,
        )}
      </div>`,
  });
};
