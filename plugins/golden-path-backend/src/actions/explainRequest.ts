import { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { databaseStatusSchema } from '@goldenpath/plugin-golden-path-common';
import { z } from 'zod';
import { explainStatus } from '../decide/explainStatus';
import { registrySchema } from './registrySchema';
import { Audited } from '../routes/audited';
import { describeCaller } from './describeCaller';
import { VisibleDatabases } from '../permissions/visibleDatabases';

const inputSchema = registrySchema(
  z
    .object({
      environment: z.string().describe('Such as dev.'),
      databaseName: z.string().describe('Such as users_db.'),
    })
    .strict(),
);

const outputSchema = registrySchema(
  z
    .object({
      explanation: z
        .string()
        .describe(
          'In a few sentences: what is done, what is wrong, and who has to act.',
        ),
      status: databaseStatusSchema,
    })
    .strict(),
);

export const registerExplainRequest = ({
  actionsRegistry,
  audited,
  databases,
}: {
  actionsRegistry: ActionsRegistryService;
  audited: Audited;
  databases: VisibleDatabases;
}) =>
  actionsRegistry.register({
    name: 'explain-request',
    title: 'Explain the state of a database request',
    description:
      'Tells how far one database or the request for it has got: its steps with time, link and evidence, the problem if there is one, and who has to act next. Contains no password.',
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: inputSchema,
      output: outputSchema,
    },
    action: async ({ input, credentials }) => {
      const status = await audited(
        {
          eventId: 'database-fetch',
          meta: {
            queryType: 'by-name',
            by: describeCaller(credentials),
            ...input,
          },
        },
        () => databases.get(input, credentials),
      );
      return { output: { explanation: explainStatus(status), status } };
    },
  });
