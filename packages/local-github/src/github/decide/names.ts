/** https://docs.github.com/en/rest/repos/repos#create-an-organization-repository: what GitHub leaves in a name. */
export const isRepositoryName = (name: string): boolean =>
  /^[A-Za-z0-9._-]{1,100}$/.test(name) &&
  !/^\.{1,2}$/.test(name) &&
  !/\.(git|wiki)$/i.test(name);

/** Logins of people, organisations and bots (`github-actions[bot]`). */
export const isLogin = (login: string): boolean =>
  /^[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,38}(\[bot\])?$/.test(login);

/** Names of variables and secrets, https://docs.github.com/en/actions/learn-github-actions/variables#naming-conventions-for-configuration-variables */
export const isVariableName = (name: string): boolean =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !/^GITHUB_/i.test(name);

/** Branch name of a full ref; undefined for anything else. */
export const toBranch = (ref: string): string | undefined =>
  ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
