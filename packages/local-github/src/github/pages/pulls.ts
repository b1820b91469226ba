import { Context } from '../context';
import { title } from '../git/commit';
import { labelsOf } from '../present/issue';
import { isPull, PullFacts, PullRequest } from '../present/pullRequest';
import { pullChanges, pullCommits, pullFacts } from '../pullFacts';
import { MergeMethod } from '../pullRequests';
import { Issue, Repository } from '../state/model';
import { diff } from './diff';
import { Html, html } from './html';
import { mark, page, repoPath, time } from './layout';
import { markdown } from './markdown';

/** All issues, or all pull requests, of a repository; open ones first. */
export const issuesPage = (
  context: Context,
  repo: Repository,
  tab: 'issues' | 'pulls',
): string => {
  const issues = repo.issues
    .filter(issue => isPull(issue) === (tab === 'pulls'))
    .sort((a, b) => Number(b.isOpen) - Number(a.isOpen) || b.number - a.number);
  const what = tab === 'pulls' ? 'pull requests' : 'issues';
  return page({
    title: `${what} · ${repo.owner}/${repo.name}`,
    repo,
    tab,
    content: html`<div class="box">
      ${issues.length === 0 && html`<div class="body soft">No ${what}.</div>`}
      ${issues.map(
        issue => html`<div class="row">
          ${state(issue)}
          <span class="grow">
            <a
              href="${repoPath(
                repo,
                isPull(issue) ? 'pull' : 'issues',
                issue.number,
              )}"
              >${issue.title}</a
            >
            ${labels(context, repo, issue)}<br />
            <span class="soft"
              >#${issue.number} by ${issue.author} ·
              ${time(issue.createdAt)}</span
            >
          </span>
        </div>`,
      )}
    </div>`,
  });
};

const state = (issue: Issue): Html => {
  if (issue.pull?.mergedAt)
    return html`<span class="pill merged">Merged</span>`;
  return issue.isOpen
    ? html`<span class="pill open">Open</span>`
    : html`<span class="pill closed">Closed</span>`;
};

const labels = (context: Context, repo: Repository, issue: Issue): Html =>
  html`${labelsOf(context, repo, issue).map(
    ({ name }) => html`<span class="label">${name}</span> `,
  )}`;

export const issuePage = (
  context: Context,
  repo: Repository,
  issue: Issue,
): string =>
  page({
    title: `${issue.title} · #${issue.number}`,
    repo,
    tab: 'issues',
    content: html`${head(context, repo, issue)} ${conversation(issue)}`,
  });

const head = (context: Context, repo: Repository, issue: Issue): Html =>
  html`<h2 class="title">
      ${issue.title} <span class="soft">#${issue.number}</span>
    </h2>
    <p>
      ${state(issue)} ${labels(context, repo, issue)}
      ${issue.pull &&
      html`<span class="soft"
        >${issue.pull.mergedAt
          ? `${issue.pull.mergedBy} merged`
          : `${issue.author} wants to merge`}
        <code>${issue.pull.head}</code> into
        <code>${issue.pull.base}</code></span
      >`}
    </p>`;

const conversation = (issue: Issue): Html =>
  html`${[
    { author: issue.author, createdAt: issue.createdAt, body: issue.body },
    ...issue.comments,
  ].map(
    ({ author, createdAt, body }) => html`<div class="box">
      <div class="head">
        <b>${author}</b> <span class="soft">${time(createdAt)}</span>
      </div>
      <div class="body">
        ${body
          ? markdown(body)
          : html`<span class="soft">No description provided.</span>`}
      </div>
    </div>`,
  )}`;

/** A pull request: description, checks, the Merge button, commits and files. @param problem - why a merge was refused */
export const pullPage = async (
  context: Context,
  repo: Repository,
  issue: PullRequest,
  problem?: string,
): Promise<string> => {
  const [facts, commits, changes] = await Promise.all([
    pullFacts(context, repo, issue),
    pullCommits(context, repo, issue),
    pullChanges(context, repo, issue),
  ]);
  const runs = runsOf(context, repo, issue);
  const isRunning = runs.some(run => run.status !== 'completed');
  return page({
    title: `${issue.title} · #${issue.number}`,
    repo,
    tab: 'pulls',
    refresh: isRunning ? 3 : undefined,
    content: html`${problem && html`<div class="note">${problem}</div>`}
      ${head(context, repo, issue)} ${conversation(issue)}
      ${runs.length > 0 &&
      html`<h2>Checks</h2>
        <div class="box">
          ${runs.map(
            run => html`<div class="row">
              ${mark(run.status, run.conclusion)}
              <a
                class="grow"
                href="${repoPath(repo, 'actions', 'runs', run.id)}"
                >${run.workflowName}</a
              >
              <span class="soft">${run.event}</span>
            </div>`,
          )}
        </div>`}
      ${mergeBox(repo, issue, facts)}
      <h2>Commits</h2>
      <div class="box">
        ${commits.map(
          commit => html`<div class="row">
            <a class="grow" href="${repoPath(repo, 'commit', commit.sha)}"
              >${title(commit.message)}</a
            >
            <span class="soft">${commit.author.name}</span>
            <span class="mono">${commit.sha.slice(0, 7)}</span>
          </div>`,
        )}
      </div>
      <h2>Files changed</h2>
      ${diff(changes)}`,
  });
};

/** Runs of the pull request's last commit; once it is merged, of the commit that merged it. */
const runsOf = ({ runs }: Context, repo: Repository, { pull }: PullRequest) =>
  runs
    .list(repo)
    .filter(
      run =>
        (run.event === 'pull_request' && run.headSha === pull.headSha) ||
        (run.event === 'push' && run.headSha === pull.mergeCommitSha),
    )
    .sort((a, b) => b.id - a.id);

const METHODS: Array<[MergeMethod, keyof Repository['settings'], string]> = [
  ['merge', 'allow_merge_commit', 'with a merge commit'],
  ['squash', 'allow_squash_merge', 'squashed into one commit'],
  ['rebase', 'allow_rebase_merge', 'rebased'],
];

const mergeBox = (
  repo: Repository,
  issue: PullRequest,
  facts: PullFacts,
): Html => {
  const { pull } = issue;
  if (pull.mergedAt) {
    return html`<div class="box">
      <div class="body">
        <b>Merged</b> by ${pull.mergedBy} on ${time(pull.mergedAt)} as
        <a
          class="mono"
          href="${repoPath(repo, 'commit', pull.mergeCommitSha ?? '')}"
          >${pull.mergeCommitSha?.slice(0, 7)}</a
        >
      </div>
    </div>`;
  }
  if (!issue.isOpen)
    return html`<div class="box">
      <div class="body">Closed unmerged.</div>
    </div>`;
  if (!facts.mergeable) {
    return html`<div class="box red">
      <div class="body">
        <b>This branch has conflicts that must be resolved.</b><br />
        Bring <code>${pull.base}</code> into <code>${pull.head}</code>, resolve
        them there and push.
      </div>
    </div>`;
  }
  return html`<div class="box green">
    <div class="body">
      <p><b>This branch has no conflicts with the base branch.</b></p>
      <form
        method="post"
        action="${repoPath(repo, 'pull', issue.number, 'merge')}"
      >
        <input type="hidden" name="sha" value="${pull.headSha}" />
        <button type="submit">Merge pull request</button>
        <select name="method" aria-label="How">
          ${METHODS.filter(([, setting]) => repo.settings[setting]).map(
            ([method, , text]) =>
              html`<option value="${method}">${text}</option>`,
          )}
        </select>
      </form>
    </div>
  </div>`;
};
