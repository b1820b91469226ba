import { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';
import { exampleRequest } from './exampleRequest';

export const examples: TemplateExample[] = [
  {
    description: 'Publish the rendered app under its name',
    example: stringify({
      steps: [
        {
          id: 'publish',
          name: 'Publish the app',
          action: 'goldenpath:app:publish',
          input: { request: exampleRequest },
        },
      ],
    }),
  },
];
