// Asks a team for a review of a pull request, unless it has been asked before. TEAM, NUMBER and SIZES say whom, where and why.
const { TEAM, NUMBER, SIZES } = process.env;
const { GITHUB_API_URL, GITHUB_REPOSITORY, TOKEN } = process.env;

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

/** What happened to the pull request, oldest first. */
const events = async (page = 1) => {
  const found = await call(`issues/${NUMBER}/events?per_page=100&page=${page}`);
  return found.length < 100 ? found : [...found, ...(await events(page + 1))];
};

/** A review of the team's takes it off the list of the asked, so the list can't tell; its history can. */
const isAsked = async () =>
  (await events())
    .filter(({ requested_team: team }) => team?.slug === TEAM)
    .at(-1)?.event === 'review_requested';

if (!/^[A-Za-z0-9_.-]+$/.test(TEAM)) {
  console.log(
    '::error::approvers in goldenpath.yaml must be the slug of one team, such as platform-team.',
  );
  process.exitCode = 64;
} else {
  try {
    if (await isAsked()) {
      console.log(`${TEAM} has been asked for a review before.`);
    } else {
      await call(`pulls/${NUMBER}/requested_reviewers`, {
        team_reviewers: [TEAM],
      });
      console.log(`Asked ${TEAM} for a review of the size: ${SIZES}.`);
    }
  } catch (error) {
    console.log(
      `::warning::Size ${SIZES}: somebody of ${TEAM} has to agree, and could not be asked. Ask them by hand, give the team access to this repo, and let a GitHub App that may read members act (GOLDENPATH_APP_ID).`,
    );
    console.log(error.message.replace(/[\r\n]+/g, ' '));
  }
}
