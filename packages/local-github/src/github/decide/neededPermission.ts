/**
 * What a job's token needs, by path below `/repos/{owner}/{repo}`; of several paths that fit, the longest counts, and of
 * several permissions any will do. Nobody can give a job those of the second table.
 * https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
 */
const GIVEN_BY_JOBS: Record<string, string[]> = {
  '': ['metadata'],
  '/actions': ['actions'],
  '/branches': ['contents'],
  '/commits': ['contents'],
  '/commits/{ref}/status': ['statuses'],
  '/contents': ['contents'],
  '/git': ['contents'],
  '/issues': ['issues', 'pull-requests'],
  '/pulls': ['pull-requests'],
  '/pulls/{pull_number}/merge': ['contents'],
  '/tarball': ['contents'],
};
const GIVEN_BY_NOBODY = [
  '/actions/oidc',
  '/actions/permissions',
  '/actions/secrets',
  '/actions/variables',
  '/branches/{branch}/protection',
];

const PENDING_DEPLOYMENTS = '/actions/runs/{run_id}/pending_deployments';
const REPOSITORY = '/repos/{owner}/{repo}';

/**
 * The permissions of which a job's token needs one for an operation such as `GET /repos/{owner}/{repo}/pulls`.
 * @param isPull - of an operation on an issue: whether it is a pull request
 * @returns empty where no permission is enough
 */
export const neededPermissions = (
  operation: string,
  isPull: boolean | undefined,
): string[] => {
  const [method, path] = operation.split(' ');
  if (!path.startsWith(REPOSITORY)) return [];
  const below = path.slice(REPOSITORY.length);
  const fits = (prefix: string) =>
    below === prefix || below.startsWith(`${prefix}/`);
  if (GIVEN_BY_NOBODY.some(fits)) return [];
  if (method === 'POST' && below === '/issues') return ['issues'];
  if (method === 'POST' && below === PENDING_DEPLOYMENTS)
    return ['deployments'];
  const [longest] = Object.keys(GIVEN_BY_JOBS)
    .filter(fits)
    .sort((a, b) => b.length - a.length);
  const needed = GIVEN_BY_JOBS[longest];
  return isPull === false
    ? needed.filter(name => name !== 'pull-requests')
    : needed;
};
