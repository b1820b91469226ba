import { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { exampleRequest } from './exampleRequest';
import { renderExample } from './renderExample';

const example = (input: Record<string, unknown>) =>
  renderExample({
    id: 'template',
    name: 'Render the app',
    action: 'goldenpath:app:render',
    input,
  });

export const examples: TemplateExample[] = [
  {
    description: 'The bundled skeleton',
    example: example({ request: exampleRequest }),
  },
  {
    description: 'A bundled skeleton by its name',
    example: example({ request: exampleRequest, skeleton: 'backend-app-rds' }),
  },
];
