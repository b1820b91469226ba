import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { renderPullRequestMarker } from '@goldenpath/plugin-golden-path-common';
import { parse, stringify } from 'yaml';

const MARKER = renderPullRequestMarker(
  { environment: '${ENVIRONMENT}', databaseName: '${DATABASE}' },
  '${TASK}',
);

/** Once for a request, as in the shipped workflow: a second run finds the first one's pull request. */
const OPEN_PULL_REQUEST = `
const { API, REPO, TOKEN, ENVIRONMENT, DATABASE, TASK } = process.env;
const call = async (method, path, body) => {
  const answer = await fetch(\`\${API}/repos/\${REPO}\${path}\`, {
    method,
    headers: { authorization: \`Bearer \${TOKEN}\` },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(\`\${method} \${path}: \${answer.status} \${await answer.text()}\`);
  return answer.json();
};
(async () => {
  const head = \`database/\${ENVIRONMENT}/\${DATABASE}\`;
  const pulls = await call('GET', '/pulls?state=all&per_page=100');
  if (pulls.some(pull => pull.head.ref === head)) return;
  const main = (await call('GET', '/git/ref/heads/main')).object.sha;
  const { tree } = await call('GET', \`/git/commits/\${main}\`);
  const message = \`Create RDS database \${DATABASE} (\${ENVIRONMENT})\`;
  const commit = await call('POST', '/git/commits', { message, tree: tree.sha, parents: [main] });
  await call('POST', '/git/refs', { ref: \`refs/heads/\${head}\`, sha: commit.sha });
  await call('POST', '/pulls', { title: message, head, base: 'main', body: \`${MARKER}\` });
})();
`;

/** Path of the workflow in the infra repo. */
export const REQUEST_WORKFLOW = '.github/workflows/create-rds-database.yml';
/** The one of the kit. */
export const SHIPPED_REQUEST_WORKFLOW = resolve(
  __dirname,
  '../../../platform',
  REQUEST_WORKFLOW,
);

/**
 * The shipped workflow with its name, inputs, concurrency and environment, and a job that only opens the pull request: for
 * tests that what a run does inside doesn't concern.
 */
export const readQuickWorkflow = (): string => {
  const shipped = parse(readFileSync(SHIPPED_REQUEST_WORKFLOW, 'utf8'));
  return stringify({
    ...shipped,
    jobs: {
      request: {
        'runs-on': 'ubuntu-latest',
        environment: shipped.jobs.request.environment,
        permissions: { contents: 'write', 'pull-requests': 'write' },
        steps: [
          {
            env: {
              API: '${{ github.api_url }}',
              REPO: '${{ github.repository }}',
              TOKEN: '${{ github.token }}',
              ENVIRONMENT: '${{ inputs.environment }}',
              DATABASE: '${{ inputs.database_name }}',
              TASK: '${{ inputs.task_id }}',
            },
            run: `node <<'SCRIPT'${OPEN_PULL_REQUEST}SCRIPT`,
          },
        ],
      },
    },
  });
};
