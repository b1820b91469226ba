import { BROWSER_USER } from '../auth';
import { Repository } from '../state/model';
import { encodePath } from '../urls';
import { Html, html } from './html';

export type Tab = 'code' | 'issues' | 'pulls' | 'actions';

/** A whole page. @param refresh - seconds after which the browser loads it again; undefined for never */
export const renderPage = (options: {
  title: string;
  repo?: Repository;
  tab?: Tab;
  refresh?: number;
  content: Html;
}): string => {
  const { title, repo, tab, refresh, content } = options;
  return html`${new Html('<!doctype html>')}
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        ${refresh !== undefined &&
        html`<meta http-equiv="refresh" content="${refresh}" />`}
        <title>${title} · Local GitHub</title>
        <link rel="stylesheet" href="/style.css" />
        <link rel="icon" href="data:," />
      </head>
      <body>
        <header>
          <a href="/">Local GitHub</a>
          <span>
            on this machine only · nothing here is on github.com · you are
            ${BROWSER_USER}
          </span>
        </header>
        ${repo && renderRepoNavigation(repo, tab)}
        <main>${content}</main>
      </body>
    </html> `.text;
};

/** A page about code. @param what - undefined for the repository as a whole */
export const renderCodePage = (
  repo: Repository,
  content: Html,
  what?: string,
): string => {
  const name = `${repo.owner}/${repo.name}`;
  const title = what === undefined ? name : `${what} · ${name}`;
  return renderPage({ title, repo, tab: 'code', content });
};

export const toRepoPath = (
  repo: { owner: string; name: string },
  ...parts: Array<string | number>
): string => ['', repo.owner, repo.name, ...parts].map(encodePath).join('/');

const renderRepoNavigation = (repo: Repository, tab: Tab | undefined) => {
  const open = repo.issues.filter(issue => issue.isOpen);
  const pulls = open.filter(issue => issue.pull).length;
  const link = (name: Tab, path: string, text: string, count = 0) =>
    html`<li>
      <a href="${path}" class="${name === tab ? 'here' : ''}"
        >${text}${count > 0 && html` <span class="tag">${count}</span>`}</a
      >
    </li>`;
  return html`<nav>
    <h1>
      <a
        href="${toRepoPath({ owner: repo.owner, name: '' }).replace(/\/$/, '')}"
        >${repo.owner}</a
      >
      / <b><a href="${toRepoPath(repo)}">${repo.name}</a></b>
      <span class="tag">${repo.isPrivate ? 'Private' : 'Public'}</span>
    </h1>
    <ul>
      ${link('code', toRepoPath(repo), 'Code')}
      ${link(
        'issues',
        toRepoPath(repo, 'issues'),
        'Issues',
        open.length - pulls,
      )}
      ${link('pulls', toRepoPath(repo, 'pulls'), 'Pull requests', pulls)}
      ${link('actions', toRepoPath(repo, 'actions'), 'Actions')}
    </ul>
  </nav>`;
};

/** A time as people read it. @param at - ISO 8601 */
export const renderTime = (at: string | null | undefined): Html =>
  at
    ? html`<time datetime="${at}"
        >${at.slice(0, 16).replace('T', ' ')} UTC</time
      >`
    : html``;

const MARKS: Record<string, string> = {
  success: '✓',
  failure: '✗',
  cancelled: '⊘',
  skipped: '–',
  in_progress: '●',
  queued: '○',
  waiting: '◷',
};

/** A sign and a word for how something stands. */
export const renderMark = (status: string, conclusion?: string): Html => {
  const state = conclusion ?? status;
  return html`<span class="mark ${state}" title="${state}"
    >${MARKS[state] ?? '?'}</span
  >`;
};
