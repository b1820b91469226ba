/**
 * What a token of a job or an app needs, by path; of several paths that fit, the longest counts, and of several permissions
 * any will do. Some are given to apps only: no workflow file can ask for them.
 * https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
 */
const REPOSITORY = '/repos/{owner}/{repo}';
const ENVIRONMENT = '/environments/{environment_name}';
const TO_READ: Record<string, string[]> = {
  '': ['metadata'],
  '/actions': ['actions'],
  '/actions/oidc': ['administration'],
  '/actions/permissions': ['administration'],
  '/actions/organization-secrets': ['secrets'],
  '/actions/organization-variables': ['actions-variables'],
  '/actions/secrets': ['secrets'],
  '/actions/variables': ['actions-variables'],
  '/activity': ['contents'],
  '/branches': ['contents'],
  '/branches/{branch}/protection': ['administration'],
  '/commits': ['contents'],
  '/collaborators': ['metadata'],
  '/commits/{commit_sha}/pulls': ['pull-requests'],
  '/commits/{ref}/status': ['statuses'],
  '/contents': ['contents'],
  '/environments': ['actions'],
  [`${ENVIRONMENT}/secrets`]: ['environments'],
  [`${ENVIRONMENT}/variables`]: ['environments'],
  '/git': ['contents'],
  '/issues': ['issues', 'pull-requests'],
  '/pulls': ['pull-requests'],
  '/rules': ['metadata'],
  '/tarball': ['contents'],
  '/teams': ['administration'],
};
/** Where it isn't the same permission as to read. */
const TO_WRITE: Record<string, string[]> = {
  '': ['administration'],
  '/collaborators': ['administration'],
  '/actions/runs/{run_id}/pending_deployments': ['deployments'],
  '/environments': ['administration'],
  '/pulls/{pull_number}/merge': ['contents'],
};

/** Reading needs these even where the repository is public. */
const NEVER_PUBLIC = [
  'actions-variables',
  'administration',
  'environments',
  'secrets',
];

/**
 * The permissions of which a token needs one for an operation such as `GET /repos/{owner}/{repo}/pulls`.
 * @param isPull - of an operation on an issue: whether it is a pull request
 * @returns empty where no permission is enough
 */
export const listNeededPermissions = (
  operation: string,
  isPull: boolean | undefined,
): string[] => {
  const [method, path] = operation.split(' ');
  if (path.startsWith('/orgs/{org}/teams/')) return ['members'];
  if (!path.startsWith(REPOSITORY)) return [];
  const below = path.slice(REPOSITORY.length);
  if (method === 'POST' && below === '/issues') return ['issues'];
  const table = method === 'GET' ? TO_READ : { ...TO_READ, ...TO_WRITE };
  const [longest] = Object.keys(table)
    .filter(prefix => below === prefix || below.startsWith(`${prefix}/`))
    .sort((a, b) => b.length - a.length);
  const needed = table[longest];
  return isPull === false
    ? needed.filter(name => name !== 'pull-requests')
    : needed;
};

/** Whether anybody may read this of a public repository. */
export const isPublicKnowledge = (needed: string[]): boolean =>
  needed.length > 0 && !needed.some(name => NEVER_PUBLIC.includes(name));
