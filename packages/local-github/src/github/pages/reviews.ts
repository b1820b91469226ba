import { RunRecord } from '../../actions/types';
import { BROWSER_USER } from '../auth';
import { Context } from '../context';
import { pendingEnvironments, reviewRefusal } from '../reviews';
import { Environment, Repository } from '../state/model';
import { Html, html } from './html';
import { toRepoPath, renderTime } from './layout';

/** The environments that a run waits for, with buttons for whoever may press them, and what reviewers have said. */
export const reviewBoxes = (
  context: Context,
  repo: Repository,
  run: RunRecord,
): Html[] => [
  ...pendingEnvironments(repo, run).map(environment =>
    pendingBox(context, repo, run, environment),
  ),
  ...(run.reviews ?? []).map(
    ({ user, state, environments, comment, at }) =>
      html`<p class="soft">
        <b>${user}</b> ${state} ${environments.join(', ')} ${renderTime(at)}
        ${comment !== '' && html`· ${comment}`}
      </p>`,
  ),
];

const pendingBox = (
  context: Context,
  repo: Repository,
  run: RunRecord,
  environment: Environment,
): Html => {
  const { id, name, reviewers } = environment;
  const refusal = reviewRefusal(context, repo, run, environment, {
    login: BROWSER_USER,
  });
  const who = [
    ...reviewers.users,
    ...reviewers.teams.map(slug => `${repo.owner}/${slug}`),
  ].join(', ');
  const button = (state: string, text: string) =>
    html`<button name="state" value="${state}">${text}</button>`;
  return html`<div class="box">
    <div class="body">
      <p><b>${name}</b> waits for a review by ${who}.</p>
      ${refusal
        ? html`<p class="soft">${refusal}.</p>`
        : html`<form
            method="post"
            action="${toRepoPath(
              repo,
              'actions',
              'runs',
              run.id,
              'pending_deployments',
            )}"
          >
            <input type="hidden" name="environment" value="${id}" />
            ${button('approved', 'Approve and deploy')}
            ${button('rejected', 'Reject')}
          </form>`}
    </div>
  </div>`;
};
