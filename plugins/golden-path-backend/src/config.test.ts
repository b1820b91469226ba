import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { tryStatusConfig } from './config';

const HOUR = 60 * 60_000;
const repoUrl = 'github.com?owner=acme&repo=infra';
const read = (goldenPath: object) => {
  const root = new ConfigReader({
    integrations: { github: [{ host: 'github.com', token: 'canary' }] },
    goldenPath,
  });
  return tryStatusConfig(root, ScmIntegrations.fromConfig(root));
};

describe('the configuration of the status', () => {
  it('has defaults for all but the infra repo', () => {
    expect(read({ infraRepo: { repoUrl } })).toEqual({
      host: 'github.com',
      infraRepo: {
        webUrl: 'https://github.com',
        owner: 'acme',
        repo: 'infra',
        branch: 'main',
        catalogPath: undefined,
      },
      secretPrefix: 'goldenpath',
      platformTeam: 'group:default/platform-team',
      environments: ['dev', 'test', 'staging', 'prod'],
      instances: {},
      schedule: {
        frequency: { seconds: 30 },
        timeout: { minutes: 5 },
        initialDelay: { seconds: 5 },
      },
      notifications: true,
      templateRef: 'template:default/backend-app-rds',
      patience: {
        reviewMs: 72 * HOUR,
        provisionMs: 2 * HOUR,
        runMs: HOUR,
        conflictMs: HOUR / 6,
      },
    });
  });

  it('takes what is set', () => {
    expect(
      read({
        infraRepo: { repoUrl },
        provision: {
          groups: ['group:default/sre'],
          instances: { dev: { host: 'db', port: 5433 } },
        },
        status: {
          schedule: { frequency: { minutes: 1 }, timeout: { minutes: 2 } },
          staleAfter: {
            review: { days: 1 },
            merge: '4h',
            run: { minutes: 30 },
            conflict: { minutes: 20 },
          },
        },
      }),
    ).toMatchObject({
      platformTeam: 'group:default/sre',
      instances: { dev: { host: 'db', port: 5433 } },
      schedule: { frequency: { minutes: 1 } },
      patience: {
        reviewMs: 24 * HOUR,
        provisionMs: 4 * HOUR,
        runMs: HOUR / 2,
        conflictMs: HOUR / 3,
      },
    });
  });

  it.each([
    { template: 'our-database', ref: 'template:default/our-database' },
    {
      template: 'template:platform/our-database',
      ref: 'template:platform/our-database',
    },
  ])('takes the template $template as $ref', ({ template, ref }) => {
    expect(
      read({ infraRepo: { repoUrl }, status: { template } }),
    ).toMatchObject({ templateRef: ref });
  });

  it.each([
    { goldenPath: {}, says: /goldenPath.infraRepo.repoUrl is missing/ },
    {
      goldenPath: { infraRepo: { repoUrl: 'github.com' } },
      says: /"github.com" is invalid: write it such as/,
    },
    {
      goldenPath: { infraRepo: { repoUrl: 'ghe.x?owner=a&repo=b' } },
      says: /"ghe.x" is not a host of integrations.github/,
    },
    {
      goldenPath: {
        infraRepo: { repoUrl },
        status: { staleAfter: { review: { days: 0 } } },
      },
      says: /staleAfter.review must be longer than nothing/,
    },
    {
      goldenPath: {
        infraRepo: { repoUrl },
        status: { template: 'template:/' },
      },
      says: /goldenPath.status.template "template:\/" is invalid: write it such as template:default\/backend-app-rds\./,
    },
    {
      goldenPath: {
        infraRepo: { repoUrl },
        status: { notifications: 'sometimes' },
      },
      says: /goldenPath.status.notifications/,
    },
    {
      goldenPath: {
        infraRepo: { repoUrl },
        status: { staleAfter: { run: 'soon' } },
      },
      says: /staleAfter.run/,
    },
    {
      goldenPath: {
        infraRepo: { repoUrl },
        status: { schedule: { frequency: 'often' } },
      },
      says: /schedule|frequency/,
    },
  ])('says what is wrong: $says', ({ goldenPath, says }) => {
    const error = read(goldenPath);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toMatch(
      /^The status of databases is not configured: /,
    );
    expect((error as Error).message).toMatch(says);
  });
});
