import { AuthService } from '@backstage/backend-plugin-api';
import { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { InputError, NotAllowedError } from '@backstage/errors';
import { ScaffolderService } from '@backstage/plugin-scaffolder-node';
import { databaseRequestPermission } from '@goldenpath/plugin-golden-path-common';
import { z } from 'zod';
import { registrySchema } from './registrySchema';
import { Audited } from '../routes/audited';
import { describeCaller } from './describeCaller';
import { PlanRequest } from '../requests/planRequest';
import { requestFieldsSchema } from './requestFields';

const outputSchema = registrySchema(
  z
    .object({
      requestId: z.string().describe('<environment>-<databaseName>.'),
      taskId: z.string(),
      url: z.string().url().describe('Page of the task.'),
      nextStep: z.string(),
    })
    .strict(),
);

/**
 * Runs the template as the caller. Not idempotent: the claim refuses the same request a second time, and a second call that
 * comes before the first is claimed starts a task that fails. Not destructive: everything that it does is an addition.
 */
export const registerRequestDatabase = ({
  actionsRegistry,
  audited,
  auth,
  planRequest,
  scaffolder,
  templateRef,
  appBaseUrl,
}: {
  actionsRegistry: ActionsRegistryService;
  audited: Audited;
  auth: Pick<AuthService, 'isPrincipal'>;
  planRequest: PlanRequest;
  scaffolder: Pick<ScaffolderService, 'scaffold'>;
  templateRef: string;
  appBaseUrl: string;
}) =>
  actionsRegistry.register({
    name: 'request-database',
    title: 'Request a database',
    description: `Runs the template ${templateRef} as you: opens the pull request that declares the database, and creates the app's repository. Nothing exists on the instance before that pull request is approved and merged. Call plan-request first. Follow it with explain-request.`,
    attributes: { readOnly: false, destructive: false, idempotent: false },
    visibilityPermission: databaseRequestPermission,
    schema: {
      input: requestFieldsSchema,
      output: outputSchema,
    },
    action: async ({ input, credentials }) => {
      const { environment, databaseName } = input;
      const start = async () => {
        if (!auth.isPrincipal(credentials, 'user'))
          throw new NotAllowedError(
            'A request needs a signed-in user, because only members of the owner may request a database, and this token belongs to a service. Sign in, and call request-database with your own token.',
          );
        const { problems, requestId } = await planRequest(input, credentials);
        if (problems.length > 0)
          throw new InputError(
            `${problems
              .map(({ message }) => message)
              .join(' ')} Nothing was requested.`,
          );
        const { taskId } = await scaffolder.scaffold(
          { templateRef, values: { ...input } },
          { credentials },
        );
        return { requestId, taskId };
      };
      const task = await audited(
        {
          eventId: 'database-request',
          severityLevel: 'medium',
          meta: { by: describeCaller(credentials), environment, databaseName },
        },
        start,
      );
      return {
        output: {
          ...task,
          url: `${appBaseUrl}/create/tasks/${task.taskId}`,
          nextStep: `Call explain-request with environment "${environment}" and databaseName "${databaseName}" to follow it.`,
        },
      };
    },
  });
