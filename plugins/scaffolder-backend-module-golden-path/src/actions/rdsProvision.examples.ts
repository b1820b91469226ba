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
    description: 'Show what would be made in dev',
    example: example({ environment: 'dev', dryRun: true }),
  },
  {
    description: 'Make what dev declares and does not have yet',
    example: example({ environment: 'dev' }),
  },
];
