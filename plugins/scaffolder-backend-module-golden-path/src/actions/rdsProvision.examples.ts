import { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { renderExample } from './renderExample';

const example = (input: Record<string, unknown>) =>
  renderExample({
    id: 'provision',
    name: 'Provision the databases',
    action: 'goldenpath:rds:provision',
    input,
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
