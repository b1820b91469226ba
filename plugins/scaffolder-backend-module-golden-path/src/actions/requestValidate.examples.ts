import { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { renderExample } from './renderExample';

const example = (input: Record<string, unknown>) =>
  renderExample({
    id: 'validate',
    name: 'Check the request',
    action: 'goldenpath:request:validate',
    input,
  });

export const examples: TemplateExample[] = [
  {
    description: 'A small database in dev, with the usual risk and domain',
    example: example({
      component_id: 'user-service',
      databaseName: 'users_db',
      username: 'users_app_user',
      owner: 'group:default/platform-team',
      environment: 'dev',
    }),
  },
  {
    description: 'Every field, for production',
    example: example({
      component_id: 'order-service',
      databaseName: 'orders',
      username: 'orders_app',
      owner: 'platform-team',
      environment: 'prod',
      description: 'Orders and their lines',
      size: 'medium',
      risk: 'high',
      domain: 'delivery',
    }),
  },
];
