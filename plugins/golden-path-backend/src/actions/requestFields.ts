import { z } from 'zod';
import { registrySchema } from './registrySchema';

/**
 * The fields of the form. Only their types are checked here: the contract's rules are checked by the plan, which reports
 * every broken rule at once, in words.
 */
export const requestFieldsSchema = registrySchema(
  z
    .object({
      component_id: z
        .string()
        .describe(
          'Name of the app and of its repository, such as user-service: lower-case letters, digits and single hyphens.',
        ),
      databaseName: z
        .string()
        .describe(
          'Name of the PostgreSQL database, such as users_db: lower-case letters, digits and underscores.',
        ),
      username: z
        .string()
        .describe(
          'PostgreSQL role that owns the database, such as users_app_user.',
        ),
      owner: z
        .string()
        .describe(
          'The team that owns app and database, such as group:default/platform-team. You must be a member.',
        ),
      environment: z
        .string()
        .describe('Where the database is created, such as dev.'),
      description: z
        .string()
        .optional()
        .describe('What the app is for, in one line.'),
      size: z
        .string()
        .optional()
        .describe('small (default), medium, large or xlarge.'),
      risk: z
        .string()
        .optional()
        .describe('none, low, medium (default), high or access.'),
      domain: z
        .string()
        .optional()
        .describe('Part of the platform, such as delivery (default).'),
    })
    .strict(),
);
