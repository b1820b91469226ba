import { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { exampleRequest } from './exampleRequest';
import { renderExample } from './renderExample';

export const examples: TemplateExample[] = [
  {
    description: 'Publish the rendered app under its name',
    example: renderExample({
      id: 'publish',
      name: 'Publish the app',
      action: 'goldenpath:app:publish',
      input: { request: exampleRequest },
    }),
  },
];
