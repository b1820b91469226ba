import { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { renderExample } from './renderExample';

export const examples: TemplateExample[] = [
  {
    description: 'Show who depends on a database, its size and connections',
    example: renderExample({
      id: 'inspect',
      name: 'Show who uses the database',
      action: 'goldenpath:rds:inspect',
      input: { database: 'resource:default/rds-dev-users_db' },
    }),
  },
];
