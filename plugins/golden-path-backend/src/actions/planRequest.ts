import { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import {
  databaseRequestPermission,
  requestPlanSchema,
} from '@goldenpath/plugin-golden-path-common';
import { registrySchema } from './registrySchema';
import { Audited } from '../routes/audited';
import { describeCaller } from './describeCaller';
import { PlanRequest } from '../requests/planRequest';
import { requestFieldsSchema } from './requestFields';

const outputSchema = registrySchema(requestPlanSchema);

export const registerPlanRequest = ({
  actionsRegistry,
  audited,
  planRequest,
}: {
  actionsRegistry: ActionsRegistryService;
  audited: Audited;
  planRequest: PlanRequest;
}) =>
  actionsRegistry.register({
    name: 'plan-request',
    title: 'Plan a database request',
    description:
      'Dry run of request-database: checks every rule, and tells which repository, pull request and secrets would come of it and who has to approve. Changes nothing. `problems` lists what to change first; it is empty if the request can be made.',
    attributes: { readOnly: true, destructive: false, idempotent: true },
    visibilityPermission: databaseRequestPermission,
    schema: {
      input: requestFieldsSchema,
      output: outputSchema,
    },
    action: async ({ input, credentials }) => ({
      output: await audited(
        {
          eventId: 'request-plan',
          meta: {
            by: describeCaller(credentials),
            environment: input.environment,
            databaseName: input.databaseName,
          },
        },
        () => planRequest(input, credentials),
      ),
    }),
  });
