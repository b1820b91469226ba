// Keeps one issue per environment: opens it when a rotation fails, updates it, and closes it after a run over all databases that failed nowhere.
// Reads FAILED (true or false), DATABASE, ENVIRONMENT, TOKEN and the default variables of a workflow run; the file has the output.
import { readFileSync } from 'node:fs';
import { call, formatBlock } from './github.mjs';

const LABEL = 'rds-rotation';
const {
  DATABASE,
  ENVIRONMENT,
  FAILED,
  GITHUB_REPOSITORY,
  GITHUB_RUN_ID,
  GITHUB_SERVER_URL,
} = process.env;
const TITLE = `RDS rotation failed in ${ENVIRONMENT}`;
const RUN = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;

const findIssue = async () =>
  (await call(`issues?state=open&labels=${LABEL}&per_page=100`)).find(
    ({ title, pull_request }) => title === TITLE && !pull_request,
  );

const report = async () => {
  const body = [
    `\`goldenpath-rds rotate --env ${ENVIRONMENT}\` failed:`,
    formatBlock(readFileSync(process.argv[2], 'utf8')),
    'The passwords that pods hold stay valid. The next run goes on where this one stopped; run **Rotate passwords of RDS databases** to try again now.',
    `Last seen in ${RUN}`,
  ].join('\n\n');
  const issue = await findIssue();
  const { html_url } = issue
    ? await call(`issues/${issue.number}`, { method: 'PATCH', body: { body } })
    : await call('issues', {
        method: 'POST',
        body: { title: TITLE, body, labels: [LABEL, ENVIRONMENT] },
      });
  return `::warning::${TITLE}: ${html_url}`;
};

const close = async () => {
  const issue = await findIssue();
  if (!issue) return `No rotation has failed in ${ENVIRONMENT}.`;
  // One database says nothing about the others.
  if (DATABASE) return `${issue.html_url} stays open until all are rotated.`;
  await call(`issues/${issue.number}/comments`, {
    method: 'POST',
    body: { body: `Nothing failed: ${RUN}` },
  });
  await call(`issues/${issue.number}`, {
    method: 'PATCH',
    body: { state: 'closed', state_reason: 'completed' },
  });
  return `No rotation has failed in ${ENVIRONMENT}. Closed ${issue.html_url}`;
};

try {
  console.log(await (FAILED === 'true' ? report() : close()));
} catch (error) {
  // What was rotated stands, whether or not an issue tells it.
  console.log(
    `::warning::The issue could not be updated: ${error.message.replace(
      /[\r\n]+/g,
      ' ',
    )}`,
  );
}
