// Keeps one open issue for an environment that has drifted: opened, brought up to date, closed with a comment.
// DRIFT (true or false) and ENVIRONMENT say what was found, the file what to tell; the rest is what every workflow run has.
import { readFileSync } from 'node:fs';

const LABEL = 'rds-drift';
/** GitHub takes 65,536 characters. */
const MOST = 60_000;

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

/** The open issue of this environment. Labels keep the list short; the title is what tells one environment from another. */
const findIssue = async () => {
  const issues = await call(
    'GET',
    `issues?state=open&labels=${LABEL}&per_page=100`,
  );
  return issues.find(
    ({ title, pull_request }) => title === TITLE && !pull_request,
  );
};

const told = text => {
  const short =
    text.length > MOST
      ? `${text.slice(0, MOST)}\n… and more; see the run`
      : text;
  // Longer than any fence in the text, so that nothing in it ends the block.
  const longest = Math.max(
    2,
    ...(short.match(/`+/g) ?? []).map(run => run.length),
  );
  const fence = '`'.repeat(longest + 1);
  return [
    `\`goldenpath-rds provision --check --env ${ENVIRONMENT}\` found that the databases are not as \`terraform.tfvars\` declares them:`,
    `${fence}text\n${short.trim()}\n${fence}`,
    `Run **Apply RDS databases** for \`${ENVIRONMENT}\` to bring them back, or change what is declared by a pull request. This issue closes by itself once the drift is gone.`,
    `Last seen in ${RUN}`,
  ].join('\n\n');
};

const issue = await findIssue();
if (DRIFT === 'true') {
  const body = told(readFileSync(process.argv[2], 'utf8'));
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
    body: `No drift any more: ${RUN}`,
  });
  await call('PATCH', `issues/${issue.number}`, {
    state: 'closed',
    state_reason: 'completed',
  });
  console.log(`Closed ${issue.html_url}`);
} else console.log(`No drift in ${ENVIRONMENT}.`);
