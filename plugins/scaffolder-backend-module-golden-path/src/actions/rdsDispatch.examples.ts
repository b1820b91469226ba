import { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { exampleRequest } from './exampleRequest';
import { renderExample } from './renderExample';

export const examples: TemplateExample[] = [
  {
    description:
      'Request the database; in a template `request` is ${{ steps.validate.output.request }}',
    example: renderExample({
      id: 'trigger-rds',
      name: 'Request the database',
      action: 'goldenpath:rds:dispatch',
      input: { request: exampleRequest },
    }),
  },
];
