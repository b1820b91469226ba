// Keeps one issue per environment: opens it when a rotation fails, updates it, and closes it after a run over all databases that failed nowhere.
// Reads FAILED (true or false), DATABASE, ENVIRONMENT, TOKEN and the default variables of a workflow run; the file has the output.
import { readFileSync } from 'node:fs';
import { closeIssue, formatBlock, openIssue } from './github.mjs';

const {
  DATABASE,
  ENVIRONMENT,
  FAILED,
  GITHUB_REPOSITORY,
  GITHUB_RUN_ID,
  GITHUB_SERVER_URL,
} = process.env;
const ISSUE = {
  label: 'rds-rotation',
  title: `RDS rotation failed in ${ENVIRONMENT}`,
};
const RUN = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;

const report = async () => {
  const body = [
    `\`goldenpath-rds rotate --env ${ENVIRONMENT}\` failed:`,
    formatBlock(readFileSync(process.argv[2], 'utf8')),
    'The passwords that pods hold stay valid. The next run goes on where this one stopped; run **Rotate passwords of RDS databases** to try again now.',
    `Last seen in ${RUN}`,
  ].join('\n\n');
  const page = await openIssue({ ...ISSUE, environment: ENVIRONMENT, body });
  return `::warning::${ISSUE.title}: ${page}`;
};

const close = async () => {
  // One database says nothing about the others.
  const mayClose = !DATABASE;
  const page = await closeIssue({
    ...ISSUE,
    comment: `Nothing failed: ${RUN}`,
    mayClose,
  });
  if (page && !mayClose) return `${page} stays open until all are rotated.`;
  return `No rotation has failed in ${ENVIRONMENT}.${
    page ? ` Closed ${page}` : ''
  }`;
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
