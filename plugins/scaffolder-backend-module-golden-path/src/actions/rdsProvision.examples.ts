import { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

const example = (input: Record<string, unknown>) =>
  stringify({
    steps: [
      {
        id: 'provision',
        name: 'Provision the databases',
        action: 'goldenpath:rds:provision',
        input,
      },
    ],
  });

export const examples: TemplateExample[] = [
  {
    description: 'Show the plan for dev',
    example: example({ environment: 'dev', dryRun: true }),
  },
  {
    description: 'Apply the changes in dev',
    example: example({ environment: 'dev' }),
  },
];
