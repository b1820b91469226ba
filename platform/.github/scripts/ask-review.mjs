// Requests a team's review of a pull request, once. Reads the team from TEAM, the pull request from NUMBER and the reason from
// SIZES; without sizes the team owns the database.
import { appendFileSync } from 'node:fs';
import { call } from './github.mjs';

const { GITHUB_STEP_SUMMARY, TEAM, NUMBER, SIZES } = process.env;

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
        method: 'POST',
        body: { team_reviewers: [TEAM] },
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
        `::warning::The size ${SIZES} requires approval by ${TEAM}, but the review could not be requested. Request it by hand. To automate it, give the team access to this repo and set GOLDENPATH_REVIEW_APP_ID to a GitHub App with read access to members.`,
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
