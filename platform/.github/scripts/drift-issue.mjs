// Keeps one issue per environment: opens it on drift, updates it, and closes it with a comment when the drift is gone. Where the
// repository has no issues, or the token may not write them, the run's summary has the drift instead.
// Reads DRIFT (true or false), ENVIRONMENT, TOKEN and the default variables of a workflow run; the file has the output of the check.
import { appendFileSync, readFileSync } from 'node:fs';
import { closeIssue, formatBlock, openIssue } from './github.mjs';

const { DRIFT, ENVIRONMENT } = process.env;
const {
  GITHUB_REPOSITORY,
  GITHUB_RUN_ID,
  GITHUB_SERVER_URL,
  GITHUB_STEP_SUMMARY,
} = process.env;
const ISSUE = { label: 'rds-drift', title: `RDS drift in ${ENVIRONMENT}` };
const RUN = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;

/** Settings of the repository or the token, which another run doesn't change: no issues, archived, or no permission. */
const NO_ISSUES = {
  403: 'the token may not write them: the job needs issues: write, and the repository must not be archived',
  404: 'the token does not see them: the job needs issues: write',
  410: 'issues are disabled in the settings of the repository',
};

const formatBody = text =>
  [
    `\`goldenpath-rds provision --check --env ${ENVIRONMENT}\` found drift between the databases and \`terraform.tfvars\`:`,
    formatBlock(text),
    `Run **Apply RDS databases** for \`${ENVIRONMENT}\` to repair it, or change \`terraform.tfvars\` in a pull request. An issue closes by itself once the drift is gone.`,
    `Last seen in ${RUN}`,
  ].join('\n\n');

/** @returns the line of the log */
const report = async body =>
  `::warning::${ISSUE.title}: ${await openIssue({
    ...ISSUE,
    environment: ENVIRONMENT,
    body,
  })}`;

/** @returns the line of the log */
const close = async () => {
  const page = await closeIssue({
    ...ISSUE,
    comment: `The drift is gone: ${RUN}`,
  });
  return `No drift in ${ENVIRONMENT}.${page ? ` Closed ${page}` : ''}`;
};

const isDrift = DRIFT === 'true';
const body = isDrift
  ? formatBody(readFileSync(process.argv[2], 'utf8'))
  : undefined;
try {
  console.log(await (isDrift ? report(body) : close()));
} catch (error) {
  // What was checked stands, whether or not an issue tells it.
  if (isDrift)
    appendFileSync(GITHUB_STEP_SUMMARY, `## ${ISSUE.title}\n\n${body}\n`);
  const found = isDrift
    ? `${ISSUE.title}, which the summary of this run shows.`
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
