import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { stopWhenCancelled } from '../cancellation';
import { GoldenPathConfig } from '../config';
import { GitHubFor } from '../github';
import { Authorize } from '../removal/authorize';
import {
  countByRole,
  printInspection,
  withoutRoles,
} from '../removal/printInspection';
import { readDatabase, readKey } from '../removal/readDatabase';
import { ReadUsage } from '../removal/readUsage';
import { readRequester } from '../requester';
import { assertGiven, TOKEN_INPUT } from '../requestInput';
import { examples } from './rdsInspect.examples';

/** Shows what a person should know before a database is decommissioned. Changes nothing. */
export const createRdsInspectAction = (deps: {
  config: GoldenPathConfig;
  githubFor: GitHubFor<'infraFiles'>;
  catalog: Pick<CatalogService, 'getEntityByRef'>;
  authorize: Authorize;
  readUsage: ReadUsage;
}) =>
  createTemplateAction({
    id: 'goldenpath:rds:inspect',
    description:
      'Shows who depends on a database, its size and its connections, to members of the owning group',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        database: z =>
          z
            .string()
            .describe('Catalog entity of the database (required)')
            .optional(),
        token: z => z.string().describe(TOKEN_INPUT).optional(),
      },
      output: {
        environment: z => z.string(),
        databaseName: z => z.string(),
        dependants: z =>
          z.array(z.string()).describe('Catalog entities that depend on it'),
        summary: z => z.string().describe('All that was seen, as Markdown'),
      },
    },
    async handler(ctx) {
      const { config, catalog } = deps;
      const { database: ref } = ctx.input;
      assertGiven('database', ref, 'resource:default/rds-dev-users_db');
      const { infraFiles } = deps.githubFor(ctx);
      const credentials = await ctx.getInitiatorCredentials();
      const key = await readKey(String(ref), catalog, credentials);
      const database = await readDatabase(key, config, {
        infraFiles,
        catalog,
        credentials,
      });
      await deps.authorize(
        'read',
        database,
        await readRequester(ctx),
        credentials,
      );
      stopWhenCancelled(ctx);
      const usage = await deps.readUsage(key.environment, key.databaseName);
      const summary = printInspection(database, countByRole(usage));
      // Without roles: the number is enough in a log.
      ctx.logger.info(printInspection(database, withoutRoles(usage)));
      ctx.output('environment', key.environment);
      ctx.output('databaseName', key.databaseName);
      ctx.output('dependants', database.dependants);
      ctx.output('summary', summary);
    },
  });
