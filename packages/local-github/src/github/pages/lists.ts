import { Context } from '../context';
import { notFound } from '../errors';
import { html } from './html';
import { page, repoPath, time } from './layout';
import { sameName } from '../state/runStore';

/** Every repository, or those of one owner. @throws GitHubError 404 where there is no such owner */
export const repositoriesPage = (context: Context, login?: string): string => {
  const owner = login === undefined ? undefined : context.findAccount(login);
  if (login !== undefined && !owner) throw notFound();
  const repos = context.state.repositories
    .filter(repo => !owner || sameName(repo.owner, owner.login))
    .sort((a, b) => b.pushedAt.localeCompare(a.pushedAt));
  return page({
    title: owner?.login ?? 'Repositories',
    content: html`<h2 class="title">${owner?.login ?? 'Repositories'}</h2>
      <div class="box">
        ${repos.length === 0 &&
        html`<div class="body soft">No repositories.</div>`}
        ${repos.map(
          repo => html`<div class="row">
            <span class="grow">
              <a href="${repoPath(repo)}">${repo.owner}/${repo.name}</a>
              <span class="tag">${repo.isPrivate ? 'Private' : 'Public'}</span
              ><br />
              <span class="soft">${repo.description}</span>
            </span>
            <span class="soft">${time(repo.pushedAt)}</span>
          </div>`,
        )}
      </div>`,
  });
};
