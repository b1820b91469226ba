import {
  branchName,
  CatalogEntry,
  DatabaseRequest,
  ENVIRONMENTS,
  parsePullRequestMarker,
  parseRequest,
  requestId,
  RequestKey,
  RequestOptions,
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

/** The request that a catalog entry was made from, held to the contract again. */
export const requestOfEntry = (
  key: RequestKey,
  { metadata, configuration }: CatalogEntry,
  options: RequestOptions = {},
): { request: DatabaseRequest } | { problems: string[] } => {
  const parsed = parseRequest(
    {
      ...key,
      component_id: metadata.component,
      username: configuration.username,
      owner: metadata.owner,
      domain: metadata.domain,
      risk: metadata.risk,
      size: configuration.size_tier,
      requestedBy: metadata.requested_by,
    },
    options,
  );
  return 'problems' in parsed
    ? { problems: parsed.problems.map(({ message }) => message) }
    : { request: parsed.request };
};
