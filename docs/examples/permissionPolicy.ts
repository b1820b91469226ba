import {
  coreServices,
  createBackendModule,
  UserInfoService,
} from '@backstage/backend-plugin-api';
import {
  AuthorizeResult,
  isPermission,
  isResourcePermission,
  PolicyDecision,
} from '@backstage/plugin-permission-common';
import {
  PermissionPolicy,
  PolicyQuery,
  PolicyQueryUser,
} from '@backstage/plugin-permission-node';
import { policyExtensionPoint } from '@backstage/plugin-permission-node/alpha';
import {
  createScaffolderActionConditionalDecision,
  createScaffolderTaskConditionalDecision,
  scaffolderActionConditions,
  scaffolderTaskConditions,
} from '@backstage/plugin-scaffolder-backend/alpha';
import {
  RESOURCE_TYPE_SCAFFOLDER_ACTION,
  RESOURCE_TYPE_SCAFFOLDER_TASK,
  templateDryRunPermission,
  templateManagementPermission,
} from '@backstage/plugin-scaffolder-common/alpha';
import {
  createGoldenPathConditionalDecision,
  goldenPathConditions,
} from '@goldenpath/plugin-golden-path-backend';
import {
  DATABASE_RESOURCE_TYPE,
  databaseProvisionPermission,
} from '@goldenpath/plugin-golden-path-common';

/** The team that runs the golden path. */
const PLATFORM_TEAM = 'group:default/platform-team';

const ALLOW: PolicyDecision = { result: AuthorizeResult.ALLOW };
const DENY: PolicyDecision = { result: AuthorizeResult.DENY };

/**
 * Who may do what with the golden path's templates and databases. Everything that this policy doesn't name is allowed: replace the
 * last line with your own rules.
 */
export class GoldenPathPolicy implements PermissionPolicy {
  constructor(private readonly userInfo: UserInfoService) {}

  async handle(
    { permission }: PolicyQuery,
    user?: PolicyQueryUser,
  ): Promise<PolicyDecision> {
    const info = user && (await this.userInfo.getUserInfo(user.credentials));
    if (info?.ownershipEntityRefs.includes(PLATFORM_TEAM)) return ALLOW;

    // A developer uses every action; of the provisioner only the plan, as the template rds-provision says.
    if (isResourcePermission(permission, RESOURCE_TYPE_SCAFFOLDER_ACTION))
      return createScaffolderActionConditionalDecision(permission, {
        anyOf: [
          {
            not: scaffolderActionConditions.hasActionId({
              actionId: 'goldenpath:rds:provision',
            }),
          },
          scaffolderActionConditions.hasBooleanProperty({
            key: 'dryRun',
            value: true,
          }),
        ],
      });

    // Tasks show names of databases and users: everyone sees, cancels and retries their own.
    if (isResourcePermission(permission, RESOURCE_TYPE_SCAFFOLDER_TASK))
      return info
        ? createScaffolderTaskConditionalDecision(
            permission,
            scaffolderTaskConditions.isTaskOwner({
              createdBy: [info.userEntityRef],
            }),
          )
        : DENY;

    // Each team sees its own databases and takes them out of service; the platform team provisions.
    if (isPermission(permission, databaseProvisionPermission)) return DENY;
    if (isResourcePermission(permission, DATABASE_RESOURCE_TYPE))
      return info
        ? createGoldenPathConditionalDecision(
            permission,
            goldenPathConditions.isOwnedByMe({
              claims: info.ownershipEntityRefs,
            }),
          )
        : DENY;

    // A dry run executes a template that the user wrote, with Backstage's own credentials.
    if (
      isPermission(permission, templateDryRunPermission) ||
      isPermission(permission, templateManagementPermission)
    )
      return DENY;

    return ALLOW;
  }
}

export default createBackendModule({
  pluginId: 'permission',
  moduleId: 'golden-path-policy',
  register({ registerInit }) {
    registerInit({
      deps: { policy: policyExtensionPoint, userInfo: coreServices.userInfo },
      async init({ policy, userInfo }) {
        policy.setPolicy(new GoldenPathPolicy(userInfo));
      },
    });
  },
});
