import {
  branchName,
  CatalogEntry,
  DeclaredDatabase,
  ENVIRONMENTS,
  parseDeclared,
  parsePullRequestMarker,
  requestFieldsOf,
  requestId,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';

/** What a `database/*` branch is for; undefined for every other branch, such as `database/audit/dev`. */
export const requestKeyOfBranch = (
  branch: string,
  environments: readonly string[] = ENVIRONMENTS,
): RequestKey | undefined => {
  const [, environment, databaseName, more] = branch.split('/');
  const isRequest =
    more === undefined &&
    databaseName !== undefined &&
    environments.includes(environment) &&
    branch === branchName({ environment, databaseName });
  return isRequest ? { environment, databaseName } : undefined;
};

/** The task of the hidden marker, which anybody who may edit the pull request can have changed: `none` unless it is one of ours. */
export const taskIdOf = (key: RequestKey, body: string): string => {
  const marker = parsePullRequestMarker(body);
  return marker &&
    marker.requestId === requestId(key) &&
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(marker.taskId)
    ? marker.taskId
    : 'none';
};

/** The request that a catalog entry was made from, as something that is declared already: the guard asks for more. */
export const requestOfEntry = (
  key: RequestKey,
  entry: CatalogEntry,
): { request: DeclaredDatabase } | { problems: string[] } => {
  const parsed = parseDeclared(requestFieldsOf(key, entry));
  return 'problems' in parsed
    ? { problems: parsed.problems.map(({ message }) => message) }
    : { request: parsed.declared };
};
