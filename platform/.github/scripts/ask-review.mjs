// Requests a team's review of a pull request, once. Reads the team from TEAM, the pull request from NUMBER and the reason from
// SIZES; without sizes the team owns the database.
import { appendFileSync } from 'node:fs';

const { TEAM, NUMBER, SIZES } = process.env;
const { GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_STEP_SUMMARY, TOKEN } =
  process.env;

const call = async (path, body) => {
  const answer = await fetch(
    `${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}/${path}`,
    {
      method: body ? 'POST' : 'GET',
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${TOKEN}`,
        'content-type': 'application/json',
        'x-github-api-version': '2022-11-28',
      },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(60_000),
    },
  );
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${text.slice(0, 500)}`);
  return JSON.parse(text);
};

/** Lists the events of the pull request, oldest first. */
const listEvents = async (page = 1) => {
  const found = await call(`issues/${NUMBER}/events?per_page=100&page=${page}`);
  return found.length < 100
    ? found
    : [...found, ...(await listEvents(page + 1))];
};

/** A review by the team removes it from the requested reviewers, so the events are read instead. */
const isRequested = async () =>
  (await listEvents())
    .filter(({ requested_team: team }) => team?.slug === TEAM)
    .at(-1)?.event === 'review_requested';

if (!/^[A-Za-z0-9_.-]+$/.test(TEAM)) {
  console.log(
    '::error::approvers in goldenpath.yaml must be the slug of one team, such as platform-team.',
  );
  process.exitCode = 64;
} else {
  try {
    if (await isRequested()) {
      console.log(`A review by ${TEAM} is already requested.`);
    } else {
      await call(`pulls/${NUMBER}/requested_reviewers`, {
        team_reviewers: [TEAM],
      });
      console.log(
        SIZES
          ? `Requested a review by ${TEAM} for the size: ${SIZES}.`
          : `Requested a review by ${TEAM}, which owns the database.`,
      );
    }
  } catch (error) {
    if (SIZES) {
      console.log(
        `::warning::The size ${SIZES} requires approval by ${TEAM}, but the review could not be requested. Request it by hand. To automate it, give the team access to this repo and set GOLDENPATH_APP_ID to a GitHub App with read access to members.`,
      );
    } else {
      // The owner's group in Backstage may have no team on GitHub.
      const notice = `${TEAM} owns the database, but its review could not be requested. Ask the team by hand. To automate it, give the GitHub team ${TEAM} access to this repo and set GOLDENPATH_REVIEW_APP_ID to a GitHub App with read access to members.`;
      console.log(`::notice::${notice}`);
      appendFileSync(GITHUB_STEP_SUMMARY, `${notice}\n`);
    }
    console.log(error.message.replace(/[\r\n]+/g, ' '));
  }
}
