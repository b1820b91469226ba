// Keeps one issue per environment: opens it on drift, updates it, and closes it with a comment when the drift is gone. Where the
// repository has no issues, or the token may not write them, the run's summary has the drift instead.
// Reads DRIFT (true or false), ENVIRONMENT, TOKEN and the default variables of a workflow run; the file has the output of the check.
import { appendFileSync, readFileSync } from 'node:fs';
import { call, formatBlock } from './github.mjs';

const LABEL = 'rds-drift';

const { DRIFT, ENVIRONMENT } = process.env;
const {
  GITHUB_REPOSITORY,
  GITHUB_RUN_ID,
  GITHUB_SERVER_URL,
  GITHUB_STEP_SUMMARY,
} = process.env;
const TITLE = `RDS drift in ${ENVIRONMENT}`;
const RUN = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;

/** Settings of the repository or the token, which another run doesn't change: no issues, archived, or no permission. */
const NO_ISSUES = {
  403: 'the token may not write them: the job needs issues: write, and the repository must not be archived',
  404: 'the token does not see them: the job needs issues: write',
  410: 'issues are disabled in the settings of the repository',
};

/** Finds the open issue of this environment: the label keeps the list short, the title names the environment. */
const findIssue = async () => {
  const issues = await call(`issues?state=open&labels=${LABEL}&per_page=100`);
  return issues.find(
    ({ title, pull_request }) => title === TITLE && !pull_request,
  );
};

const formatBody = text =>
  [
    `\`goldenpath-rds provision --check --env ${ENVIRONMENT}\` found drift between the databases and \`terraform.tfvars\`:`,
    formatBlock(text),
    `Run **Apply RDS databases** for \`${ENVIRONMENT}\` to repair it, or change \`terraform.tfvars\` in a pull request. An issue closes by itself once the drift is gone.`,
    `Last seen in ${RUN}`,
  ].join('\n\n');

/** @returns the line of the log */
const report = async body => {
  const issue = await findIssue();
  const { html_url } = issue
    ? await call(`issues/${issue.number}`, { method: 'PATCH', body: { body } })
    : await call('issues', {
        method: 'POST',
        body: { title: TITLE, body, labels: [LABEL, ENVIRONMENT] },
      });
  return `::warning::${TITLE}: ${html_url}`;
};

/** @returns the line of the log */
const close = async () => {
  const issue = await findIssue();
  if (!issue) return `No drift in ${ENVIRONMENT}.`;
  await call(`issues/${issue.number}/comments`, {
    method: 'POST',
    body: { body: `The drift is gone: ${RUN}` },
  });
  await call(`issues/${issue.number}`, {
    method: 'PATCH',
    body: { state: 'closed', state_reason: 'completed' },
  });
  return `No drift in ${ENVIRONMENT}. Closed ${issue.html_url}`;
};

const isDrift = DRIFT === 'true';
const body = isDrift
  ? formatBody(readFileSync(process.argv[2], 'utf8'))
  : undefined;
try {
  console.log(await (isDrift ? report(body) : close()));
} catch (error) {
  // What was checked stands, whether or not an issue tells it.
  if (isDrift) appendFileSync(GITHUB_STEP_SUMMARY, `## ${TITLE}\n\n${body}\n`);
  const found = isDrift
    ? `${TITLE}, which the summary of this run shows.`
    : `No drift in ${ENVIRONMENT}.`;
  const why = NO_ISSUES[error.status];
  if (why)
    console.log(
      `::${
        isDrift ? 'warning' : 'notice'
      }::${found} No issue is kept, because ${why} (GitHub answered ${
        error.status
      }).`,
    );
  else {
    console.log(
      `::error::${found} The issue could not be updated: ${error.message.replace(
        /[\r\n]+/g,
        ' ',
      )}. Run this job again.`,
    );
    process.exitCode = 1;
  }
}
