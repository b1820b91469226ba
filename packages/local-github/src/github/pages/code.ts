import { Context } from '../context';
import { createNotFound } from '../errors';
import { getTitle } from '../git/commit';
import { Repository } from '../state/model';
import { Html, html } from './html';
import { renderCodePage, toRepoPath, renderTime } from './layout';
import { renderMarkdown } from './renderMarkdown';

/** Splits `feature/x/README.md` into a ref that exists and a path; names of branches hold slashes too. */
export const splitRef = async (
  context: Context,
  repo: Repository,
  refAndPath: string,
): Promise<{ ref: string; path: string; sha: string }> => {
  const parts = refAndPath.split('/');
  const git = context.openRepository(repo);
  for (let length = 1; length <= parts.length; length++) {
    const ref = parts.slice(0, length).join('/');
    const sha = await git.resolve(ref);
    if (sha) return { ref, sha, path: parts.slice(length).join('/') };
  }
  throw createNotFound();
};

/** A repository, or one folder of it. */
export const renderFolderPage = async (
  context: Context,
  repo: Repository,
  refAndPath = repo.defaultBranch,
): Promise<string> => {
  const git = context.openRepository(repo);
  const isEmpty = (await git.listRefs('refs/heads')).length === 0;
  if (isEmpty) {
    return renderCodePage(
      repo,
      html`${renderAbout(repo)}
        <div class="box">
          <div class="body">
            This repository is empty. Push to
            <code>${context.urls.toPage(repo.owner, repo.name)}.git</code>
          </div>
        </div>`,
    );
  }
  const { ref, sha, path } = await splitRef(context, repo, refAndPath);
  const entries = await git.list(sha, path);
  if (!entries) throw createNotFound();
  const isFolder = (type: string) => Number(type !== 'tree');
  entries.sort(
    (a, b) =>
      isFolder(a.type) - isFolder(b.type) || a.path.localeCompare(b.path),
  );
  const at = (name: string) => (path === '' ? name : `${path}/${name}`);
  const readme = entries.find(one => /^readme\.md$/i.test(one.path));
  const last = await git.readCommit(sha);
  return renderCodePage(
    repo,
    html`${path === '' && renderAbout(repo)} ${renderCrumbs(repo, ref, path)}
      <div class="box">
        <div class="head">
          <a href="${toRepoPath(repo, 'commit', last.sha)}"
            >${getTitle(last.message)}</a
          >
          <span class="soft"
            >${last.author.name} · ${renderTime(last.committer.date)} ·
            <span class="mono">${last.sha.slice(0, 7)}</span> ·
            <a href="${toRepoPath(repo, 'commits', ref)}">all commits</a></span
          >
        </div>
        ${entries.map(
          entry => html`<div class="row">
            <span class="mark">${entry.type === 'tree' ? '▸' : '·'}</span>
            <a
              class="grow"
              href="${toRepoPath(
                repo,
                entry.type === 'tree' ? 'tree' : 'blob',
                ref,
                at(entry.path),
              )}"
              >${entry.path}</a
            >
          </div>`,
        )}
      </div>
      ${readme &&
      html`<div class="box">
        <div class="head">${readme.path}</div>
        <div class="body">
          ${renderMarkdown((await git.readBlob(readme.sha)).toString('utf8'))}
        </div>
      </div>`}`,
  );
};

const renderAbout = (repo: Repository): Html =>
  html`${repo.description && html`<p>${repo.description}</p>`}
  ${repo.homepage &&
  (/^https?:\/\//.test(repo.homepage)
    ? html`<p><a href="${repo.homepage}">${repo.homepage}</a></p>`
    : html`<p>${repo.homepage}</p>`)}
  ${repo.topics.length > 0 &&
  html`<p>
    ${repo.topics.map(topic => html`<span class="label">${topic}</span> `)}
  </p>`}`;

const renderCrumbs = (repo: Repository, ref: string, path: string): Html => {
  const parts = path.split('/').filter(Boolean);
  return html`<p>
    <span class="tag">${ref}</span>
    <a href="${toRepoPath(repo, 'tree', ref)}">${repo.name}</a>${parts.map(
      (part, index) =>
        html` /
        ${index === parts.length - 1
          ? part
          : html`<a
              href="${toRepoPath(
                repo,
                'tree',
                ref,
                parts.slice(0, index + 1).join('/'),
              )}"
              >${part}</a
            >`}`,
    )}
  </p>`;
};

/** One file. */
export const renderFilePage = async (
  context: Context,
  repo: Repository,
  refAndPath: string,
): Promise<string> => {
  const { ref, sha, path } = await splitRef(context, repo, refAndPath);
  const git = context.openRepository(repo);
  const entry = await git.findEntry(sha, path);
  if (entry?.type !== 'blob') throw createNotFound();
  const content = await git.readBlob(entry.sha);
  const isText = !content.subarray(0, 8000).includes(0);
  const lines = content.toString('utf8').replace(/\n$/, '').split('\n');
  return renderCodePage(
    repo,
    html`${renderCrumbs(repo, ref, path)}
      <div class="box">
        <div class="head">
          ${content.length} bytes ·
          <a href="${toRepoPath(repo, 'raw', ref, path)}">raw</a>
        </div>
        ${isText
          ? html`<table class="numbers mono">
              ${lines.map(
                (text, index) => html`<tr>
                  <td>${index + 1}</td>
                  <td>${text}</td>
                </tr>`,
              )}
            </table>`
          : html`<div class="body soft">Not a text file.</div>`}
      </div>`,
    path,
  );
};
