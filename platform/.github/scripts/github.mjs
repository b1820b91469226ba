// Calls the REST API for the repository of the workflow run, with the token in TOKEN.
const { GITHUB_API_URL, GITHUB_REPOSITORY, TOKEN } = process.env;

export const call = async (path, { method = 'GET', body } = {}) => {
  const answer = await fetch(
    `${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}/${path}`,
    {
      method,
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
  if (!answer.ok)
    throw Object.assign(
      new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`),
      { status: answer.status },
    );
  return text === '' ? undefined : JSON.parse(text);
};

/** Gets every page of a list. @param path - with a query */
export const callPages = async path => {
  const all = [];
  for (let page = 1; ; page += 1) {
    const found = await call(`${path}&per_page=100&page=${page}`);
    all.push(...found);
    if (found.length < 100) return all;
  }
};

/** Characters of a block in an issue; GitHub allows 65,536 in all. */
const MAX_LENGTH = 60_000;

/** Text as a block of code, whose fence is longer than any in the text, which therefore can't end the block. */
export const formatBlock = text => {
  const short =
    text.length > MAX_LENGTH
      ? `${text.slice(
          0,
          MAX_LENGTH,
        )}\n… truncated; the run has the whole output`
      : text;
  const longest = Math.max(
    2,
    ...(short.match(/`+/g) ?? []).map(run => run.length),
  );
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${short.trim()}\n${fence}`;
};

/** The open issue with this label and title; the label keeps the list short. */
const findIssue = async ({ label, title }) =>
  (await call(`issues?state=open&labels=${label}&per_page=100`)).find(
    issue => issue.title === title && !issue.pull_request,
  );

/** Opens an issue, or updates the one that is open. @returns its address */
export const openIssue = async ({ label, title, environment, body }) => {
  const issue = await findIssue({ label, title });
  const { html_url } = issue
    ? await call(`issues/${issue.number}`, { method: 'PATCH', body: { body } })
    : await call('issues', {
        method: 'POST',
        body: { title, body, labels: [label, environment] },
      });
  return html_url;
};

/**
 * Closes an issue with a comment.
 * @param mayClose - whether it may be closed, or stays open
 * @returns its address; undefined if none is open
 */
export const closeIssue = async ({
  label,
  title,
  comment,
  mayClose = true,
}) => {
  const issue = await findIssue({ label, title });
  if (!issue || !mayClose) return issue?.html_url;
  await call(`issues/${issue.number}/comments`, {
    method: 'POST',
    body: { body: comment },
  });
  await call(`issues/${issue.number}`, {
    method: 'PATCH',
    body: { state: 'closed', state_reason: 'completed' },
  });
  return issue.html_url;
};
