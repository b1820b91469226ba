import type { UserInfoService } from '@backstage/backend-plugin-api';
import {
  AuthorizeResult,
  createPermission,
  Permission,
} from '@backstage/plugin-permission-common';
import type { PolicyQueryUser } from '@backstage/plugin-permission-node';
import {
  actionExecutePermission,
  scaffolderPermissions,
  taskCancelPermission,
  taskCreatePermission,
  taskReadPermission,
  templateDryRunPermission,
  templateManagementPermission,
  templateParameterReadPermission,
  templateStepReadPermission,
} from '@backstage/plugin-scaffolder-common/alpha';
import {
  databaseDecommissionPermission,
  databaseProvisionPermission,
  databaseReadPermission,
  databaseRequestPermission,
  goldenPathPermissions,
} from '@goldenpath/plugin-golden-path-common';
import { GoldenPathPolicy } from '../docs/examples/permissionPolicy';

const DEVELOPER = 'user:default/jane';
const ENTITY_READ = createPermission({
  name: 'catalog.entity.read',
  attributes: { action: 'read' },
  resourceType: 'catalog-entity',
});

/** What the policy of docs/install.md decides for a user of these groups; without groups nobody is signed in. */
const decide = async (permission: Permission, groups?: string[]) => {
  const userInfo: UserInfoService = {
    getUserInfo: async () => ({
      userEntityRef: DEVELOPER,
      ownershipEntityRefs: [DEVELOPER, ...(groups ?? [])],
    }),
  };
  const user = groups && ({ credentials: {} } as PolicyQueryUser);
  return new GoldenPathPolicy(userInfo).handle({ permission }, user);
};

describe('the example policy', () => {
  it('lets the platform team do everything', async () => {
    for (const permission of [
      ...scaffolderPermissions,
      ...goldenPathPermissions,
    ])
      expect(await decide(permission, ['group:default/platform-team'])).toEqual(
        { result: AuthorizeResult.ALLOW },
      );
  });

  it.each([
    taskCreatePermission,
    templateParameterReadPermission,
    templateStepReadPermission,
    ENTITY_READ,
    databaseRequestPermission,
  ])('allows a developer $name', async permission => {
    expect(await decide(permission, [])).toEqual({
      result: AuthorizeResult.ALLOW,
    });
  });

  it.each([
    templateDryRunPermission,
    templateManagementPermission,
    databaseProvisionPermission,
  ])('denies a developer $name', async permission => {
    expect(await decide(permission, [])).toEqual({
      result: AuthorizeResult.DENY,
    });
  });

  it('lets a developer run every action, of the provisioner only the plan', async () => {
    expect(await decide(actionExecutePermission, [])).toMatchObject({
      result: AuthorizeResult.CONDITIONAL,
      conditions: {
        anyOf: [
          {
            not: {
              rule: 'HAS_ACTION_ID',
              params: { actionId: 'goldenpath:rds:provision' },
            },
          },
          {
            rule: 'HAS_BOOLEAN_PROPERTY',
            params: { key: 'dryRun', value: true },
          },
        ],
      },
    });
  });

  it.each([taskReadPermission, taskCancelPermission])(
    'shows everyone their own tasks only ($name)',
    async permission => {
      expect(await decide(permission, [])).toMatchObject({
        result: AuthorizeResult.CONDITIONAL,
        conditions: {
          rule: 'IS_TASK_OWNER',
          params: { createdBy: [DEVELOPER] },
        },
      });
      expect(await decide(permission)).toEqual({
        result: AuthorizeResult.DENY,
      });
    },
  );

  it.each([databaseReadPermission, databaseDecommissionPermission])(
    "restricts everyone to their own teams' databases ($name)",
    async permission => {
      expect(await decide(permission, ['group:default/payments'])).toEqual({
        result: AuthorizeResult.CONDITIONAL,
        pluginId: 'golden-path',
        resourceType: 'golden-path-database',
        conditions: {
          rule: 'IS_OWNED_BY_ME',
          resourceType: 'golden-path-database',
          params: { claims: [DEVELOPER, 'group:default/payments'] },
        },
      });
      expect(await decide(permission)).toEqual({
        result: AuthorizeResult.DENY,
      });
    },
  );
});
