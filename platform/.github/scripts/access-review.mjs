// Asks for the access review of every database whose risk is `access`: one issue for each and each period. Closes none.
// Reads ENVIRONMENT, STATUS, TOKEN and the default variables of a workflow run; the files have the databases as
// `goldenpath-rds status --json` prints them, and the output of `goldenpath-rds provision --check`, whose exit code is STATUS.
import { existsSync, readFileSync } from 'node:fs';
import { call, callPages, formatBlock } from './github.mjs';

const LABEL = 'rds-access-review';
const {
  ENVIRONMENT,
  GITHUB_REPOSITORY,
  GITHUB_RUN_ID,
  GITHUB_SERVER_URL,
  STATUS,
} = process.env;
const RUN = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
const [databasesFile, checkFile] = process.argv.slice(2);

/** A review is due as often as a rotation of this risk; runs within the same 14 days ask once. */
const PERIOD_MS = 14 * 24 * 60 * 60 * 1000;
const PERIOD = new Date(Math.floor(Date.now() / PERIOD_MS) * PERIOD_MS)
  .toISOString()
  .slice(0, 10);

const describe = ({ database, username, owner, component, requested_by }) =>
  [
    `The risk of \`${database}\` in \`${ENVIRONMENT}\` is \`access\`: its owner confirms every 14 days who has access.`,
    [
      '| | |',
      '| --- | --- |',
      `| owner in the catalog | ${owner} |`,
      `| app | ${component} |`,
      `| requested by | ${requested_by} |`,
      `| owns the database and logs in | \`${username}\` |`,
      `| logs in as its owner after a rotation | \`${username}_clone\` |`,
    ].join('\n'),
    'What else `goldenpath-rds provision --check` saw there:',
    formatBlock(findLines(database)),
    ...(WAS_COMPLETE
      ? []
      : [
          `**The check was incomplete:** it could not see everything, perhaps not \`${database}\` either. ${RUN} has the reason; look again before you close this issue.`,
        ]),
    [
      '- [ ] The owner is still the team that is responsible for the data.',
      '- [ ] The app still needs the database.',
      '- [ ] Whoever can read the secret in Secrets Manager and in the cluster still may.',
      '- [ ] Nothing above gives anybody else access, or a pull request takes it away.',
    ].join('\n'),
    'Close this issue when all is confirmed.',
  ].join('\n\n');

/** 2 is drift. */
const WAS_COMPLETE = STATUS === '0' || STATUS === '2';

const findLines = database => {
  const text = existsSync(checkFile) ? readFileSync(checkFile, 'utf8') : '';
  const name = new RegExp(`(^|[^A-Za-z0-9_])${database}([^A-Za-z0-9_]|$)`);
  return (
    text
      .split('\n')
      .filter(line => name.test(line))
      .join('\n') || 'nothing'
  );
};

const databases = JSON.parse(readFileSync(databasesFile, 'utf8')).filter(
  ({ risk }) => risk === 'access',
);
try {
  const known =
    databases.length > 0
      ? (
          await callPages(
            `issues?state=all&labels=${LABEL}&since=${PERIOD}T00:00:00Z`,
          )
        ).map(({ title }) => title)
      : [];
  for (const database of databases) {
    const title = `Access review of ${PERIOD}: ${database.database} (${ENVIRONMENT})`;
    if (known.includes(title)) {
      console.log(`${title}: asked for before.`);
      continue;
    }
    const { html_url } = await call('issues', {
      method: 'POST',
      body: {
        title,
        body: describe(database),
        labels: [LABEL, ENVIRONMENT],
      },
    });
    console.log(`${title}: ${html_url}`);
  }
  if (databases.length === 0)
    console.log(`No database of ${ENVIRONMENT} has the risk access.`);
} catch (error) {
  console.log(
    `::error::Access reviews of ${ENVIRONMENT} could not be asked for: ${error.message.replace(
      /[\r\n]+/g,
      ' ',
    )}. The job needs issues: write, and the repository must have issues. Run it again, or set the variable GOLDENPATH_ACCESS_REVIEWS to false and review access elsewhere.`,
  );
  process.exitCode = 1;
}
