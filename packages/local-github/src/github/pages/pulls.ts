import { Context } from '../context';
import { getTitle } from '../git/commit';
import { listLabels } from '../present/issue';
import { isPull, PullFacts, PullRequest } from '../present/pullRequest';
import { listPullChanges, listPullCommits, findPullFacts } from '../pullFacts';
import { MergeMethod } from '../pullRequests';
import { Issue, PullReview, Repository } from '../state/model';
import { renderDiff } from './renderDiff';
import { Html, html } from './html';
import { renderMark, renderPage, toRepoPath, renderTime } from './layout';
import { renderMarkdown } from './renderMarkdown';

/** All issues, or all pull requests, of a repository; open ones first. */
export const renderIssuesPage = (
  context: Context,
  repo: Repository,
  tab: 'issues' | 'pulls',
): string => {
  const issues = repo.issues
    .filter(issue => isPull(issue) === (tab === 'pulls'))
    .sort((a, b) => Number(b.isOpen) - Number(a.isOpen) || b.number - a.number);
  const what = tab === 'pulls' ? 'pull requests' : 'issues';
  return renderPage({
    title: `${what} · ${repo.owner}/${repo.name}`,
    repo,
    tab,
    content: html`<div class="box">
      ${issues.length === 0 && html`<div class="body soft">No ${what}.</div>`}
      ${issues.map(
        issue => html`<div class="row">
          ${renderState(issue)}
          <span class="grow">
            <a
              href="${toRepoPath(
                repo,
                isPull(issue) ? 'pull' : 'issues',
                issue.number,
              )}"
              >${issue.title}</a
            >
            ${renderLabels(context, repo, issue)}<br />
            <span class="soft"
              >#${issue.number} by ${issue.author} ·
              ${renderTime(issue.createdAt)}</span
            >
          </span>
        </div>`,
      )}
    </div>`,
  });
};

const renderState = (issue: Issue): Html => {
  if (issue.pull?.mergedAt)
    return html`<span class="pill merged">Merged</span>`;
  return issue.isOpen
    ? html`<span class="pill open">Open</span>`
    : html`<span class="pill closed">Closed</span>`;
};

const renderLabels = (context: Context, repo: Repository, issue: Issue): Html =>
  html`${listLabels(context, repo, issue).map(
    ({ name }) => html`<span class="label">${name}</span> `,
  )}`;

export const renderIssuePage = (
  context: Context,
  repo: Repository,
  issue: Issue,
): string =>
  renderPage({
    title: `${issue.title} · #${issue.number}`,
    repo,
    tab: 'issues',
    content: html`${renderHead(context, repo, issue)}
    ${renderConversation(issue)}`,
  });

const renderHead = (context: Context, repo: Repository, issue: Issue): Html =>
  html`<h2 class="title">
      ${issue.title} <span class="soft">#${issue.number}</span>
    </h2>
    <p>
      ${renderState(issue)} ${renderLabels(context, repo, issue)}
      ${issue.pull &&
      html`<span class="soft"
        >${issue.pull.mergedAt
          ? `${issue.pull.mergedBy} merged`
          : `${issue.author} wants to merge`}
        <code>${issue.pull.head}</code> into
        <code>${issue.pull.base}</code></span
      >`}
    </p>`;

const renderConversation = (issue: Issue): Html =>
  html`${[
    { author: issue.author, createdAt: issue.createdAt, body: issue.body },
    ...issue.comments,
  ].map(
    ({ author, createdAt, body }) => html`<div class="box">
      <div class="head">
        <b>${author}</b> <span class="soft">${renderTime(createdAt)}</span>
      </div>
      <div class="body">
        ${body
          ? renderMarkdown(body)
          : html`<span class="soft">No description provided.</span>`}
      </div>
    </div>`,
  )}`;

/** A pull request: description, checks, the Merge button, commits and files. @param problem - why a merge was refused */
export const renderPullPage = async (
  context: Context,
  repo: Repository,
  issue: PullRequest,
  problem?: string,
): Promise<string> => {
  const [facts, commits, changes] = await Promise.all([
    findPullFacts(context, repo, issue),
    listPullCommits(context, repo, issue),
    listPullChanges(context, repo, issue),
  ]);
  const runs = listRuns(context, repo, issue);
  const isRunning = runs.some(run => run.status !== 'completed');
  return renderPage({
    title: `${issue.title} · #${issue.number}`,
    repo,
    tab: 'pulls',
    refresh: isRunning ? 3 : undefined,
    content: html`${problem && html`<div class="note">${problem}</div>`}
      ${renderHead(context, repo, issue)} ${renderConversation(issue)}
      ${runs.length > 0 &&
      html`<h2>Checks</h2>
        <div class="box">
          ${runs.map(
            run => html`<div class="row">
              ${renderMark(run.status, run.conclusion)}
              <a
                class="grow"
                href="${toRepoPath(repo, 'actions', 'runs', run.id)}"
                >${run.workflowName}</a
              >
              <span class="soft">${run.event}</span>
            </div>`,
          )}
        </div>`}
      ${renderReviews(repo, issue)} ${renderMergeBox(repo, issue, facts)}
      <h2>Commits</h2>
      <div class="box">
        ${commits.map(
          commit => html`<div class="row">
            <a class="grow" href="${toRepoPath(repo, 'commit', commit.sha)}"
              >${getTitle(commit.message)}</a
            >
            <span class="soft">${commit.author.name}</span>
            <span class="mono">${commit.sha.slice(0, 7)}</span>
          </div>`,
        )}
      </div>
      <h2>Files changed</h2>
      ${renderDiff(changes)}`,
  });
};

/** Runs of the pull request's last commit; once it is merged, of the commit that merged it. */
const listRuns = ({ runs }: Context, repo: Repository, { pull }: PullRequest) =>
  runs
    .list(repo)
    .filter(
      run =>
        (run.event.startsWith('pull_request') &&
          run.headSha === pull.headSha) ||
        (run.event === 'push' && run.headSha === pull.mergeCommitSha),
    )
    .sort((a, b) => b.id - a.id);

const WORDS: Record<PullReview['state'], string> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'requested changes of',
  COMMENTED: 'commented on',
};

/** The reviews, and a button to approve an open pull request as the browser's user. */
const renderReviews = (repo: Repository, issue: PullRequest): Html =>
  html`<h2>Reviews</h2>
    <div class="box">
      ${(issue.pull.reviews ?? []).map(
        ({ author, state, commitSha, submittedAt }) => html`<div class="row">
          <span class="grow"
            ><b>${author}</b> ${WORDS[state]}
            <code>${commitSha.slice(0, 7)}</code></span
          >
          <span class="soft">${renderTime(submittedAt)}</span>
        </div>`,
      )}
      ${issue.isOpen &&
      html`<div class="body">
        <form
          method="post"
          action="${toRepoPath(repo, 'pull', issue.number, 'approve')}"
        >
          <button type="submit">Approve</button>
        </form>
      </div>`}
    </div>`;

const METHODS: Array<[MergeMethod, keyof Repository['settings'], string]> = [
  ['merge', 'allow_merge_commit', 'with a merge commit'],
  ['squash', 'allow_squash_merge', 'squashed into one commit'],
  ['rebase', 'allow_rebase_merge', 'rebased'],
];

const renderMergeBox = (
  repo: Repository,
  issue: PullRequest,
  facts: PullFacts,
): Html => {
  const { pull } = issue;
  if (pull.mergedAt) {
    return html`<div class="box">
      <div class="body">
        <b>Merged</b> by ${pull.mergedBy} on ${renderTime(pull.mergedAt)} as
        <a
          class="mono"
          href="${toRepoPath(repo, 'commit', pull.mergeCommitSha ?? '')}"
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
        action="${toRepoPath(repo, 'pull', issue.number, 'merge')}"
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
