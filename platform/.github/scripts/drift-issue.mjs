// Keeps one issue per environment: opens it on drift, updates it, and closes it with a comment when the drift is gone.
// Reads DRIFT (true or false), ENVIRONMENT and the default variables of a workflow run; the file has the output of the check.
import { readFileSync } from 'node:fs';

const LABEL = 'rds-drift';
/** Characters of output in the issue; GitHub allows 65,536 in all. */
const MAX_LENGTH = 60_000;

const { DRIFT, ENVIRONMENT, GITHUB_TOKEN } = process.env;
const { GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_SERVER_URL } =
  process.env;
const TITLE = `RDS drift in ${ENVIRONMENT}`;
const RUN = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;

const call = async (method, path, body) => {
  const answer = await fetch(
    `${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}/${path}`,
    {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${GITHUB_TOKEN}`,
        'content-type': 'application/json',
        'x-github-api-version': '2022-11-28',
      },
      body: body && JSON.stringify(body),
    },
  );
  const text = await answer.text();
  if (!answer.ok)
    throw new Error(
      `${method} ${path}: ${answer.status} ${text.slice(0, 300)}`,
    );
  return JSON.parse(text);
};

/** Finds the open issue of this environment: the label keeps the list short, the title names the environment. */
const findIssue = async () => {
  const issues = await call(
    'GET',
    `issues?state=open&labels=${LABEL}&per_page=100`,
  );
  return issues.find(
    ({ title, pull_request }) => title === TITLE && !pull_request,
  );
};

const formatBody = text => {
  const short =
    text.length > MAX_LENGTH
      ? `${text.slice(
          0,
          MAX_LENGTH,
        )}\n… truncated; the run has the whole output`
      : text;
  // Longer than any fence in the text, which therefore can't end the block.
  const longest = Math.max(
    2,
    ...(short.match(/`+/g) ?? []).map(run => run.length),
  );
  const fence = '`'.repeat(longest + 1);
  return [
    `\`goldenpath-rds provision --check --env ${ENVIRONMENT}\` found drift between the databases and \`terraform.tfvars\`:`,
    `${fence}text\n${short.trim()}\n${fence}`,
    `Run **Apply RDS databases** for \`${ENVIRONMENT}\` to repair it, or change \`terraform.tfvars\` in a pull request. This issue closes by itself once the drift is gone.`,
    `Last seen in ${RUN}`,
  ].join('\n\n');
};

const issue = await findIssue();
if (DRIFT === 'true') {
  const body = formatBody(readFileSync(process.argv[2], 'utf8'));
  const { html_url } = issue
    ? await call('PATCH', `issues/${issue.number}`, { body })
    : await call('POST', 'issues', {
        title: TITLE,
        body,
        labels: [LABEL, ENVIRONMENT],
      });
  console.log(`::warning::${TITLE}: ${html_url}`);
} else if (issue) {
  await call('POST', `issues/${issue.number}/comments`, {
    body: `The drift is gone: ${RUN}`,
  });
  await call('PATCH', `issues/${issue.number}`, {
    state: 'closed',
    state_reason: 'completed',
  });
  console.log(`Closed ${issue.html_url}`);
} else console.log(`No drift in ${ENVIRONMENT}.`);
