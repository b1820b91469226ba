import { resolve } from 'node:path';
import { JsonObject } from '@backstage/types';

const ROOT = resolve(__dirname, '../../..');

/** The configuration of a replica that knows the example teams and these templates, and lets guests sign in. */
export const exampleTeams = (templates: string[]): JsonObject => ({
  auth: {
    environment: 'development',
    providers: { guest: { userEntityRef: 'user:default/guest' } },
  },
  catalog: {
    rules: [{ allow: ['Component', 'API', 'Resource', 'Location'] }],
    locations: [
      {
        type: 'file',
        target: resolve(ROOT, 'packages/backend/catalog/org.yaml'),
        rules: [{ allow: ['User', 'Group'] }],
      },
      ...templates.map(template => ({
        type: 'file',
        target: resolve(ROOT, `templates/${template}/template.yaml`),
        rules: [{ allow: ['Template'] }],
      })),
    ],
  },
});
