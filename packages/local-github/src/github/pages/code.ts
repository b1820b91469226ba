import { Context } from '../context';
import { notFound } from '../errors';
import { title } from '../git/commit';
import { Repository } from '../state/model';
import { diff } from './diff';
import { Html, html } from './html';
import { page, repoPath, time } from './layout';
import { markdown } from './markdown';

/** Splits `feature/x/README.md` into a ref that exists and a path; names of branches hold slashes too. */
export const splitRef = async (
  context: Context,
  repo: Repository,
  refAndPath: string,
): Promise<{ ref: string; path: string; sha: string }> => {
  const parts = refAndPath.split('/');
  const git = context.git(repo);
  for (let length = 1; length <= parts.length; length++) {
    const ref = parts.slice(0, length).join('/');
    const sha = await git.resolve(ref);
    if (sha) return { ref, sha, path: parts.slice(length).join('/') };
  }
  throw notFound();
};

/** A repository, or one folder of it. */
export const folderPage = async (
  context: Context,
  repo: Repository,
  refAndPath = repo.defaultBranch,
): Promise<string> => {
  const git = context.git(repo);
  const isEmpty = (await git.refs('refs/heads')).length === 0;
  if (isEmpty) {
    return page({
      title: `${repo.owner}/${repo.name}`,
      repo,
      tab: 'code',
      content: html`${about(repo)}
        <div class="box">
          <div class="body">
            This repository is empty. Push to
            <code>${context.urls.page(repo.owner, repo.name)}.git</code>
          </div>
        </div>`,
    });
  }
  const { ref, sha, path } = await splitRef(context, repo, refAndPath);
  const entries = await git.list(sha, path);
  if (!entries) throw notFound();
  const isFolder = (type: string) => Number(type !== 'tree');
  entries.sort(
    (a, b) =>
      isFolder(a.type) - isFolder(b.type) || a.path.localeCompare(b.path),
  );
  const at = (name: string) => (path === '' ? name : `${path}/${name}`);
  const readme = entries.find(one => /^readme\.md$/i.test(one.path));
  const last = await git.commit(sha);
  return page({
    title: `${repo.owner}/${repo.name}`,
    repo,
    tab: 'code',
    content: html`${path === '' && about(repo)} ${crumbs(repo, ref, path)}
      <div class="box">
        <div class="head">
          <a href="${repoPath(repo, 'commit', last.sha)}"
            >${title(last.message)}</a
          >
          <span class="soft"
            >${last.author.name} · ${time(last.committer.date)} ·
            <span class="mono">${last.sha.slice(0, 7)}</span> ·
            <a href="${repoPath(repo, 'commits', ref)}">all commits</a></span
          >
        </div>
        ${entries.map(
          entry => html`<div class="row">
            <span class="mark">${entry.type === 'tree' ? '▸' : '·'}</span>
            <a
              class="grow"
              href="${repoPath(
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
          ${markdown((await git.blob(readme.sha)).toString('utf8'))}
        </div>
      </div>`}`,
  });
};

const about = (repo: Repository): Html =>
  html`${repo.description && html`<p>${repo.description}</p>`}
  ${repo.homepage &&
  (/^https?:\/\//.test(repo.homepage)
    ? html`<p><a href="${repo.homepage}">${repo.homepage}</a></p>`
    : html`<p>${repo.homepage}</p>`)}
  ${repo.topics.length > 0 &&
  html`<p>
    ${repo.topics.map(topic => html`<span class="label">${topic}</span> `)}
  </p>`}`;

const crumbs = (repo: Repository, ref: string, path: string): Html => {
  const parts = path.split('/').filter(Boolean);
  return html`<p>
    <span class="tag">${ref}</span>
    <a href="${repoPath(repo, 'tree', ref)}">${repo.name}</a>${parts.map(
      (part, index) =>
        html` /
        ${index === parts.length - 1
          ? part
          : html`<a
              href="${repoPath(
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
export const filePage = async (
  context: Context,
  repo: Repository,
  refAndPath: string,
): Promise<string> => {
  const { ref, sha, path } = await splitRef(context, repo, refAndPath);
  const git = context.git(repo);
  const entry = await git.entry(sha, path);
  if (entry?.type !== 'blob') throw notFound();
  const content = await git.blob(entry.sha);
  const isText = !content.subarray(0, 8000).includes(0);
  const lines = content.toString('utf8').replace(/\n$/, '').split('\n');
  return page({
    title: `${path} · ${repo.owner}/${repo.name}`,
    repo,
    tab: 'code',
    content: html`${crumbs(repo, ref, path)}
      <div class="box">
        <div class="head">
          ${content.length} bytes ·
          <a href="${repoPath(repo, 'raw', ref, path)}">raw</a>
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
  });
};

/** The last commits of a branch. */
export const commitsPage = async (
  context: Context,
  repo: Repository,
  ref: string,
): Promise<string> => {
  const git = context.git(repo);
  const sha = await git.resolve(ref);
  if (!sha) throw notFound();
  const commits = await git.commits([sha], { limit: 100 });
  return page({
    title: `Commits · ${repo.owner}/${repo.name}`,
    repo,
    tab: 'code',
    content: html`<h2>Commits on ${ref}</h2>
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
  });
};

/** One commit and what it changed. */
export const commitPage = async (
  context: Context,
  repo: Repository,
  ref: string,
): Promise<string> => {
  const git = context.git(repo);
  const sha = await git.resolve(ref);
  if (!sha) throw notFound();
  const commit = await git.commit(sha);
  return page({
    title: `${title(commit.message)} · ${repo.owner}/${repo.name}`,
    repo,
    tab: 'code',
    content: html`<div class="box">
        <pre>${commit.message}</pre>
        <div class="head soft">
          ${commit.author.name} · ${time(commit.committer.date)} ·
          <span class="mono">${commit.sha}</span>
        </div>
      </div>
      ${diff(await git.changes(commit.parents[0], sha))}`,
  });
};
