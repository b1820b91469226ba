import { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { exampleRequest } from './exampleRequest';
import { renderExample } from './renderExample';

export const examples: TemplateExample[] = [
  {
    description:
      'Wait for the pull request; in a template `runId` is ${{ steps["trigger-rds"].output.runId }}',
    example: renderExample({
      id: 'await-rds',
      name: 'Wait for the pull request',
      action: 'goldenpath:rds:await',
      input: { request: exampleRequest, runId: 1001 },
    }),
  },
  {
    description:
      'Wait until the pull request is merged and the database exists',
    example: renderExample({
      id: 'await-rds',
      name: 'Wait for the database',
      action: 'goldenpath:rds:await',
      input: { request: exampleRequest, runId: 1001, until: 'provisioned' },
    }),
  },
];
