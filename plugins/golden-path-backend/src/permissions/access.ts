import {
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import {
  AuthorizeResult,
  PermissionCriteria,
  ResourcePermission,
} from '@backstage/plugin-permission-common';
import {
  createConditionAuthorizer,
  createConditionTransformer,
  PermissionRuleset,
} from '@backstage/plugin-permission-node';
import {
  DATABASE_RESOURCE_TYPE,
  databaseReadPermission,
  databaseRequestPermission,
} from '@goldenpath/plugin-golden-path-common';
import { DatabaseQuery, DatabaseResource } from './rules';

type DatabasePermission = ResourcePermission<typeof DATABASE_RESOURCE_TYPE>;

/** The databases that somebody may see. */
export type Visible =
  | { kind: 'all' }
  | { kind: 'none' }
  | { kind: 'some'; criteria: PermissionCriteria<DatabaseQuery> };

/** Whether credentials may see a database or act on it. Everything that shows or does something asks here. */
export interface DatabaseAccess {
  /** What the credentials may see of a list. */
  findVisible(credentials: BackstageCredentials): Promise<Visible>;
  may(
    permission: DatabasePermission,
    database: DatabaseResource,
    credentials: BackstageCredentials,
  ): Promise<boolean>;
  /** Those of the databases that the credentials may see. */
  keepVisible<Database extends DatabaseResource>(
    databases: Database[],
    credentials: BackstageCredentials,
  ): Promise<Database[]>;
  /** @throws NotAllowedError when the credentials may not request databases */
  assertMayRequest(credentials: BackstageCredentials): Promise<void>;
}

/**
 * Asks Backstage's permissions once for each question, and applies the conditions of the answer here.
 * @param ruleset - the rules of databases, from the permissions registry
 */
export const createDatabaseAccess = (
  permissions: PermissionsService,
  ruleset: PermissionRuleset<
    DatabaseResource,
    DatabaseQuery,
    typeof DATABASE_RESOURCE_TYPE
  >,
): DatabaseAccess => {
  const toCriteria = createConditionTransformer(ruleset);
  const isAllowed = createConditionAuthorizer(ruleset);
  const decide = async (
    permission: DatabasePermission,
    credentials: BackstageCredentials,
  ) =>
    (
      await permissions.authorizeConditional([{ permission }], { credentials })
    )[0];
  return {
    may: async (permission, database, credentials) =>
      isAllowed(await decide(permission, credentials), database),
    keepVisible: async (databases, credentials) => {
      if (databases.length === 0) return [];
      const decision = await decide(databaseReadPermission, credentials);
      return databases.filter(database => isAllowed(decision, database));
    },
    findVisible: async credentials => {
      const decision = await decide(databaseReadPermission, credentials);
      if (decision.result === AuthorizeResult.CONDITIONAL)
        return { kind: 'some', criteria: toCriteria(decision.conditions) };
      return decision.result === AuthorizeResult.ALLOW
        ? { kind: 'all' }
        : { kind: 'none' };
    },
    assertMayRequest: async credentials => {
      const [{ result }] = await permissions.authorize(
        [{ permission: databaseRequestPermission }],
        { credentials },
      );
      if (result !== AuthorizeResult.ALLOW)
        throw new NotAllowedError(
          'You may not request databases (permission goldenpath.database.request). Ask the platform team for it.',
        );
    },
  };
};
