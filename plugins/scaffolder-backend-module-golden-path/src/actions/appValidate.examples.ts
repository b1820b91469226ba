import { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { renderExample } from './renderExample';

const example = (input: Record<string, unknown>) =>
  renderExample({
    id: 'validate',
    name: 'Check the app',
    action: 'goldenpath:app:validate',
    input,
  });

export const examples: TemplateExample[] = [
  {
    description: 'What is required',
    example: example({
      component_id: 'price-calculator',
      owner: 'group:default/platform-team',
      environment: 'dev',
    }),
  },
  {
    description: 'Every field',
    example: example({
      component_id: 'image-resizer',
      owner: 'platform-team',
      environment: 'prod',
      description: 'Thumbnails of the catalogue',
      domain: 'delivery',
    }),
  },
];
