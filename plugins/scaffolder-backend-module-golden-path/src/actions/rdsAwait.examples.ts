import { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';
import { exampleRequest } from './exampleRequest';

export const examples: TemplateExample[] = [
  {
    description:
      'Wait for the pull request; in a template `runId` is ${{ steps["trigger-rds"].output.runId }}',
    example: stringify({
      steps: [
        {
          id: 'await-rds',
          name: 'Wait for the pull request',
          action: 'goldenpath:rds:await',
          input: { request: exampleRequest, runId: 1001 },
        },
      ],
    }),
  },
];
