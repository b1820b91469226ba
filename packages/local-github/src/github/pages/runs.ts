import { JobRecord, RunRecord } from '../../actions/types';
import { Context } from '../context';
import { splitStepLogs } from '../decide/splitStepLogs';
import { Repository } from '../state/model';
import { listJobParts } from '../urls';
import { Html, html } from './html';
import { renderMark, renderPage, toRepoPath, renderTime } from './layout';
import { renderMarkdown } from './renderMarkdown';
import { reviewBoxes } from './reviews';

const REFRESH_SECONDS = 2;

/** The runs of a repository, newest first. */
export const renderRunsPage = (context: Context, repo: Repository): string => {
  const runs = context.runs.list(repo).sort((a, b) => b.id - a.id);
  return renderPage({
    title: `Actions · ${repo.owner}/${repo.name}`,
    repo,
    tab: 'actions',
    refresh: isRunning(runs) ? REFRESH_SECONDS : undefined,
    content: html`<div class="box">
      ${runs.length === 0 &&
      html`<div class="body soft">No workflow has run yet.</div>`}
      ${runs.map(
        run => html`<div class="row">
          ${renderMark(run.status, run.conclusion)}
          <span class="grow">
            <a href="${toRepoPath(repo, 'actions', 'runs', run.id)}"
              >${run.displayTitle}</a
            ><br />
            <span class="soft"
              >${run.workflowName} #${run.runNumber} · ${run.event} by
              ${run.actor}</span
            >
          </span>
          <span class="tag">${run.headBranch}</span>
          <span class="soft">${renderTime(run.createdAt)}</span>
        </div>`,
      )}
    </div>`,
  });
};

const isRunning = (runs: RunRecord[]) =>
  runs.some(({ status }) => status !== 'completed');

/** A run with its jobs, steps and logs. */
export const renderRunPage = async (
  context: Context,
  repo: Repository,
  run: RunRecord,
): Promise<string> => {
  const jobs = await Promise.all(
    run.jobs.map(async job =>
      renderJob(repo, run, job, await context.runs.readLog(run.id, job.id)),
    ),
  );
  const summaries = await Promise.all(
    run.jobs.map(async job =>
      renderSummary(job, await context.runs.readSummary(run.id, job.id)),
    ),
  );
  const outcome = run.conclusion ?? run.status;
  return renderPage({
    title: `${run.displayTitle} · ${run.workflowName}`,
    repo,
    tab: 'actions',
    refresh: isRunning([run]) ? REFRESH_SECONDS : undefined,
    content: html`<h2 class="title">
        ${run.displayTitle} <span class="soft">#${run.runNumber}</span>
      </h2>
      <p>
        <span class="pill ${outcome}">${outcome.replace('_', ' ')}</span>
        <span class="soft">
          <a href="${toRepoPath(repo, 'blob', run.headSha, run.workflowPath)}"
            >${run.workflowPath}</a
          >
          · ${run.event} by ${run.actor} on <code>${run.headBranch}</code> at
          <a class="mono" href="${toRepoPath(repo, 'commit', run.headSha)}"
            >${run.headSha.slice(0, 7)}</a
          >
          · ${renderTime(run.createdAt)}
        </span>
      </p>
      ${reviewBoxes(context, repo, run)}
      ${run.inputs && renderInputs(run.inputs)} ${summaries} ${jobs}`,
  });
};

const renderInputs = (inputs: Record<string, string>): Html =>
  html`<details class="box">
    <summary>Inputs</summary>
    <div class="body">
      <table>
        ${Object.entries(inputs).map(
          ([name, value]) => html`<tr>
            <th>${name}</th>
            <td>${value}</td>
          </tr>`,
        )}
      </table>
    </div>
  </details>`;

/** What the steps of a job wrote to GITHUB_STEP_SUMMARY. */
const renderSummary = (job: JobRecord, summary: string): Html =>
  summary === ''
    ? html``
    : html`<div class="box">
        <div class="head"><b>${job.name}</b> summary</div>
        <div class="body">${renderMarkdown(summary)}</div>
      </div>`;

const renderJob = (
  repo: Repository,
  run: RunRecord,
  job: JobRecord,
  log: string,
): Html =>
  html`<div class="box" id="job-${job.id}">
    <div class="head">
      ${renderMark(job.status, job.conclusion)} <b>${job.name}</b>
      <a
        class="soft"
        href="${toRepoPath(repo, ...listJobParts(run.id, job.id), 'log.txt')}"
        >raw log</a
      >
    </div>
    ${splitStepLogs(job, log).map(
      ({ step, lines }) => html`<details
        ${isOfInterest(step) && new Html('open')}
      >
        <summary>
          ${renderMark(step.status, step.conclusion)} ${step.name}
          ${step.note && html`<span class="tag">${step.note}</span>`}
        </summary>
        ${lines.length > 0 &&
        html`<pre class="log">${lines.map(renderLogLine)}</pre>`}
      </details>`,
    )}
  </div>`;

const isOfInterest = (step: { status: string; conclusion?: string }) =>
  step.status === 'in_progress' || step.conclusion === 'failure';

/** `##[error]…` and its like are how a runner marks lines. */
const renderLogLine = (text: string): Html => {
  const [, kind, rest] = /^##\[(\w+)\](.*)$/.exec(text) ?? [];
  if (kind === 'endgroup') return html``;
  const style = kind === 'group' || kind === 'command' ? 'head' : kind;
  return html`<span class="${style ?? ''}">${kind ? rest : text}</span>${'\n'}`;
};
