import { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';
import { exampleRequest } from './exampleRequest';

export const examples: TemplateExample[] = [
  {
    description:
      'Request the database; in a template `request` is ${{ steps.validate.output.request }}',
    example: stringify({
      steps: [
        {
          id: 'trigger-rds',
          name: 'Request the database',
          action: 'goldenpath:rds:dispatch',
          input: { request: exampleRequest },
        },
      ],
    }),
  },
];
