import {
  branchName,
  CatalogEntry,
  DeclaredDatabase,
  ENVIRONMENTS,
  parseDeclared,
  parsePullRequestMarker,
  toRequestFields,
  requestId,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';

/**
 * Parses the name of a request's branch; undefined for other branches, such as `database/audit/dev`.
 *
 * @public
 */
export const parseRequestBranch = (
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

/**
 * Reads the task from the hidden marker; `none` when it is invalid: anyone who may edit the pull request can change it.
 */
export const findTaskId = (key: RequestKey, body: string): string => {
  const marker = parsePullRequestMarker(body);
  return marker &&
    marker.requestId === requestId(key) &&
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(marker.taskId)
    ? marker.taskId
    : 'none';
};

/** Reads the request from its catalog entry and validates it again. */
export const rebuildRequest = (
  key: RequestKey,
  entry: CatalogEntry,
): { request: DeclaredDatabase } | { problems: string[] } => {
  const parsed = parseDeclared(toRequestFields(key, entry));
  return 'problems' in parsed
    ? { problems: parsed.problems.map(({ message }) => message) }
    : { request: parsed.declared };
};
