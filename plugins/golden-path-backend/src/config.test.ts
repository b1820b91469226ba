import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { tryStatusConfig } from './config';

const read = (status: object) => {
  const root = new ConfigReader({
    integrations: { github: [{ host: 'github.com' }] },
    goldenPath: {
      infraRepo: { repoUrl: 'github.com?owner=acme&repo=platform-infra' },
      status,
    },
  });
  return tryStatusConfig(root, ScmIntegrations.fromConfig(root));
};

describe('goldenPath.status', () => {
  it('notifies, and runs the template of the golden path, by default', () => {
    expect(read({})).toMatchObject({
      notifications: true,
      templateRef: 'template:default/backend-app-rds',
    });
  });

  it.each([
    { template: 'our-database', ref: 'template:default/our-database' },
    {
      template: 'template:platform/our-database',
      ref: 'template:platform/our-database',
    },
  ])('takes $template as $ref', ({ template, ref }) => {
    expect(read({ template, notifications: false })).toMatchObject({
      notifications: false,
      templateRef: ref,
    });
  });

  it.each([
    {
      reason: 'a template that is no entity reference',
      status: { template: 'template:/' },
      says: 'goldenPath.status.template "template:/" is invalid: write it such as template:default/backend-app-rds.',
    },
    {
      reason: 'a time that is over at once',
      status: { staleAfter: { run: { seconds: 0 } } },
      says: 'goldenPath.status.staleAfter.run must be longer than nothing',
    },
    {
      reason: 'a text for yes or no',
      status: { notifications: 'sometimes' },
      says: 'goldenPath.status.notifications',
    },
  ])('refuses $reason', ({ status, says }) => {
    const config = read(status);
    expect(config).toBeInstanceOf(Error);
    expect((config as Error).message).toContain(says);
  });
});
