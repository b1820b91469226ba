import { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import {
  databaseSummarySchema,
  STATUS_PROBLEMS,
  STATUS_STEPS,
} from '@goldenpath/plugin-golden-path-common';
import { z } from 'zod';
import { registrySchema } from './registrySchema';
import { Audited } from '../routes/audited';
import { describeCaller } from './describeCaller';
import { VisibleDatabases } from '../permissions/visibleDatabases';

const inputSchema = registrySchema(
  z
    .object({
      environment: z.string().optional().describe('Such as dev.'),
      owner: z
        .string()
        .optional()
        .describe(
          'Entity reference of a team, such as group:default/platform-team.',
        ),
      status: z
        .enum([...STATUS_STEPS, ...STATUS_PROBLEMS])
        .optional()
        .describe('The last step that is done, or the problem.'),
      text: z
        .string()
        .optional()
        .describe('Part of the name of the database, app or owner.'),
      component: z.string().optional().describe('Name of an app.'),
      limit: z.number().int().min(1).max(100).default(20),
      cursor: z
        .string()
        .optional()
        .describe('`nextCursor` of the previous answer.'),
    })
    .strict(),
);

const outputSchema = registrySchema(
  z
    .object({
      items: z.array(databaseSummarySchema),
      total: z.number().int(),
      nextCursor: z.string().optional(),
    })
    .strict(),
);

export const registerListDatabases = ({
  actionsRegistry,
  audited,
  databases,
}: {
  actionsRegistry: ActionsRegistryService;
  audited: Audited;
  databases: VisibleDatabases;
}) =>
  actionsRegistry.register({
    name: 'list-databases',
    title: 'List databases',
    description:
      'Lists the PostgreSQL databases of the golden path and the requests for them, with the last step that is done and the problem, if there is one. Only those that you may see.',
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: inputSchema,
      output: outputSchema,
    },
    action: async ({ input, credentials }) => ({
      output: await audited(
        {
          eventId: 'database-fetch',
          meta: {
            queryType: 'list',
            by: describeCaller(credentials),
            query: input,
          },
        },
        () => databases.list(input, credentials),
      ),
    }),
  });
