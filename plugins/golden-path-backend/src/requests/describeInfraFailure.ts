import {
  BackstageCredentials,
  LoggerService,
} from '@backstage/backend-plugin-api';
import {
  FIELD_RULES,
  Problem,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import {
  listNameConflicts,
  NameConflict,
} from '@goldenpath/plugin-golden-path-node';
import { DatabaseAccess } from '../permissions/access';
import { DatabaseStore } from '../ports';

/**
 * Describes why a request can't be added to the infra repo. Errors of its files have facts of other databases: they are for
 * callers who may see those databases.
 */
export type DescribeInfraFailure = (
  error: Error,
  request: RequestKey & { username: string },
  credentials: BackstageCredentials,
) => Promise<Problem[]>;

export const createDescribeInfraFailure = ({
  store,
  access,
  logger,
}: {
  store: Pick<DatabaseStore, 'get'>;
  access: Pick<DatabaseAccess, 'findVisible' | 'keepVisible'>;
  logger: Pick<LoggerService, 'warn'>;
}): DescribeInfraFailure => {
  const maySeeAll = async (credentials: BackstageCredentials) =>
    (await access.findVisible(credentials)).kind === 'all';

  const mayRead = async (
    conflicts: readonly NameConflict[],
    environment: string,
    credentials: BackstageCredentials,
  ): Promise<boolean> => {
    if (await maySeeAll(credentials)) return true;
    const found = await Promise.all(
      conflicts.map(({ declaredBy }) =>
        store.get({ environment, databaseName: declaredBy }),
      ),
    );
    // Whose a database is that has no status yet is unknown here.
    const known = found.flatMap(status => status ?? []);
    const seen = await access.keepVisible(known, credentials);
    return conflicts.length > 0 && seen.length === conflicts.length;
  };

  /** The requester's to resolve: by another name. */
  const describeConflict: DescribeInfraFailure = async (
    error,
    request,
    credentials,
  ) => {
    const { environment } = request;
    const conflicts = listNameConflicts(error);
    if (await mayRead(conflicts, environment, credentials))
      return [
        {
          field: conflicts[0]?.field ?? 'databaseName',
          message: error.message,
        },
      ];
    return conflicts.map(({ field }) => ({
      field,
      message: `${FIELD_RULES[field].title}: ${request[field]} is taken in ${environment}; choose another name.`,
    }));
  };

  /** The platform team's to resolve. */
  const describeFiles = async (
    { message }: Error,
    environment: string,
    credentials: BackstageCredentials,
  ): Promise<string> => {
    const what = `Can't add a database for ${environment} to the infra repo`;
    if (await maySeeAll(credentials)) return `${what}: ${message}`;
    logger.warn(`${what}: ${message}`);
    return `${what}: one of its files has a mistake. Tell the platform team; Backstage's log has the place.`;
  };

  return async (error, request, credentials) => {
    if (error.name === 'ConflictError')
      return describeConflict(error, request, credentials);
    return [
      {
        field: '(platform)',
        message:
          error.name === 'InputError' || error.name === 'NotFoundError'
            ? await describeFiles(error, request.environment, credentials)
            : "Can't read the infra repo on GitHub now, so this plan is incomplete. Try again in a minute; if it lasts, tell the platform team.",
      },
    ];
  };
};
