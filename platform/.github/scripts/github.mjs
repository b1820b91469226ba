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
