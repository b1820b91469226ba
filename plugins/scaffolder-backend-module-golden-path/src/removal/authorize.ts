import {
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  databaseDecommissionPermission,
  databaseReadPermission,
  requestId,
} from '@goldenpath/plugin-golden-path-common';
import { CheckMember } from '../checks/mayOwn';
import { Requester } from '../requester';
import { formatProblems } from '../requestInput';
import { DeclaredInCatalog } from './readDatabase';

const PERMISSIONS = {
  read: databaseReadPermission,
  decommission: databaseDecommissionPermission,
};

/** Refuses whoever may not look at a database for its end, or ask for it. */
export type Authorize = (
  action: keyof typeof PERMISSIONS,
  database: DeclaredInCatalog,
  requester: Requester,
  credentials: BackstageCredentials,
) => Promise<void>;

/** Both must allow it: membership in the owning group, and the permission policy where there is one. */
export const createAuthorize =
  (deps: {
    checkMember: CheckMember;
    permissions: Pick<PermissionsService, 'authorize'>;
  }): Authorize =>
  async (action, database, requester, credentials) => {
    const { owner } = database;
    const problems = await deps.checkMember(
      { owner, requester, what: 'the end of a database' },
      credentials,
    );
    if (problems.length > 0)
      throw new NotAllowedError(formatProblems('The request', problems));
    const permission = PERMISSIONS[action];
    const resourceRef = requestId(database);
    const [{ result }] = await deps.permissions.authorize(
      [{ permission, resourceRef }],
      { credentials },
    );
    if (result !== AuthorizeResult.ALLOW)
      throw new NotAllowedError(
        `The permission policy denies you ${permission.name} on ${resourceRef}. Ask the platform team.`,
      );
  };
