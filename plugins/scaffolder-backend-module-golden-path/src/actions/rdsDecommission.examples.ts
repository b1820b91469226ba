import { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { renderExample } from './renderExample';

export const examples: TemplateExample[] = [
  {
    description:
      'Open the pull request; in a template environment and databaseName are outputs of goldenpath:rds:inspect',
    example: renderExample({
      id: 'decommission',
      name: 'Open the pull request',
      action: 'goldenpath:rds:decommission',
      input: {
        environment: 'dev',
        databaseName: 'users_db',
        confirmation: 'users_db',
        reason: 'The app is retired',
      },
    }),
  },
];
