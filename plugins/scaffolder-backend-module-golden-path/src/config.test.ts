import { readFileSync } from 'node:fs';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { readGoldenPathConfig } from './config';

const read = (goldenPath: Record<string, any>) => {
  const config = new ConfigReader({
    integrations: {
      github: [
        {
          host: 'localhost:7010',
          apiBaseUrl: 'http://localhost:7010/api/v3',
          token: 'x',
        },
      ],
      gitlab: [{ host: 'gitlab.com' }],
    },
    goldenPath,
  });
  return readGoldenPathConfig(config, ScmIntegrations.fromConfig(config));
};
const repoUrl = 'github.com?owner=acme&repo=platform-infra';

describe('goldenPath in app-config', () => {
  it('has defaults for everything but the infra repo', () => {
    expect(read({ infraRepo: { repoUrl } })).toMatchSnapshot();
  });

  it('reads every key', () => {
    const all = {
      infraRepo: {
        repoUrl: 'localhost:7010?owner=acme&repo=platform-infra',
        workflow: 'w.yml',
        decommissionWorkflow: 'x.yml',
        ref: 'v1',
        baseBranch: 'trunk',
        catalogPath: 'c.yaml',
        environmentsPath: 'e',
      },
      secretPrefix: 'p',
      environments: ['dev'],
      domains: ['shop'],
      app: { owner: 'apps', visibility: 'internal' },
      cluster: {
        secretStore: 's',
        registry: 'r',
        storageClass: 'sc',
        ingressClass: 'i',
        ingressDomain: 'd',
        ingressNamespace: 'n',
        issuers: { staging: 'is', prod: 'ip' },
      },
      await: {
        timeout: '2m',
        pollInterval: { seconds: 1 },
        mergeTimeout: '3d',
        provisionTimeout: '1h',
      },
      owners: {
        membership: 'none',
        namespaces: ['Payments'],
        filter: { 'spec.type': ['team', 'squad'] },
      },
      provision: {
        region: 'x',
        groups: ['group:default/dba'],
        caFile: 'f',
        instances: { dev: { masterSecret: 'rds!db-1', host: 'h', port: 5433 } },
      },
    };
    const { infraRepo, await: wait, ...rest } = read(all);
    expect({ infraRepo, wait, rest }).toEqual({
      infraRepo: {
        host: 'localhost:7010',
        webUrl: 'http://localhost:7010',
        owner: 'acme',
        repo: 'platform-infra',
        workflow: 'w.yml',
        decommissionWorkflow: 'x.yml',
        ref: 'v1',
        baseBranch: 'trunk',
        catalogPath: 'c.yaml',
        environmentsPath: 'e',
      },
      wait: {
        timeoutMs: 120_000,
        pollMs: 1_000,
        mergeTimeoutMs: 259_200_000,
        provisionTimeoutMs: 3_600_000,
      },
      rest: {
        secretPrefix: 'p',
        environments: ['dev'],
        domains: ['shop'],
        app: { owner: 'apps', visibility: 'internal' },
        owners: { ...all.owners, namespaces: ['payments'] },
        cluster: all.cluster,
        provision: all.provision,
      },
    });
    const declared = readFileSync(
      resolvePackagePath(
        '@goldenpath/plugin-scaffolder-backend-module-golden-path',
        'config.d.ts',
      ),
      'utf8',
    );
    for (const key of keysOf(all)) expect(declared).toMatch(`${key}`);
  });

  const refused = [
    { config: {}, words: 'infraRepo.repoUrl is missing', reason: 'nothing' },
    {
      config: { infraRepo: { repoUrl: 'github.com?owner=acme' } },
      words: 'missing repo',
      reason: 'no repository',
    },
    {
      config: { infraRepo: { repoUrl: 'ghe.acme.com?owner=a&repo=b' } },
      words: 'ghe.acme.com',
      reason: 'a host without integration',
    },
    {
      config: { infraRepo: { repoUrl: 'gitlab.com?owner=a&repo=b' } },
      words: 'not a host of integrations.github',
      reason: 'a host that is not GitHub',
    },
    {
      config: { infraRepo: { repoUrl }, app: { visibility: 'secret' } },
      words: 'goldenPath.app.visibility "secret"',
      reason: 'an unknown visibility',
    },
    {
      config: { infraRepo: { repoUrl }, owners: { membership: 'anyone' } },
      words: 'goldenPath.owners.membership "anyone": use one of required, none',
      reason: 'an unknown rule of membership',
    },
    {
      config: { infraRepo: { repoUrl }, owners: { namespaces: [] } },
      words: 'goldenPath.owners.namespaces is empty',
      reason: 'no namespace of owners',
    },
    ...['group:payments', 'payments/core', 'pay_ments', '*'].map(namespace => ({
      config: {
        infraRepo: { repoUrl },
        owners: { namespaces: ['default', namespace] },
      },
      words: `goldenPath.owners.namespaces: use names of namespaces of the catalog, such as default or payments. Got "${namespace}"`,
      reason: `"${namespace}", which no namespace can be (CASES 21)`,
    })),
    ...[
      'Apps.acme.example',
      '*.acme.example',
      'https://acme.example',
      'acme.example.',
      'apps_acme.example',
      `${'a'.repeat(64)}.example`,
      `${'a.'.repeat(93)}b`,
    ].map(ingressDomain => ({
      config: { infraRepo: { repoUrl }, cluster: { ingressDomain } },
      words: `goldenPath.cluster.ingressDomain "${ingressDomain}": use a domain in lower case with at most 186 characters`,
      reason: `"${ingressDomain}", below which an app has no host name (RFC 1035)`,
    })),
    {
      config: { infraRepo: { repoUrl }, owners: { filter: ['team'] } },
      words: 'goldenPath.owners.filter: use paths',
      reason: 'a filter without paths',
    },
    {
      config: {
        infraRepo: { repoUrl },
        owners: { filter: { 'spec.type': { exists: true } } },
      },
      words: 'goldenPath.owners.filter: use paths',
      reason: 'a filter with values that are no text',
    },
    {
      config: { infraRepo: { repoUrl }, environments: ['dev', 'Perf'] },
      words: 'goldenPath.environments: use 2 to 15 lower-case letters',
      reason: 'a name that no environment can have',
    },
    {
      config: { infraRepo: { repoUrl }, environments: [] },
      words: 'goldenPath.environments is empty',
      reason: 'no environment',
    },
  ];
  it.each(refused)('rejects $reason, naming its key', ({ config, words }) => {
    expect(() => read(config)).toThrow(words);
  });
});

const keysOf = (value: object): string[] =>
  Object.entries(value).flatMap(([key, inner]) => [
    key,
    ...(typeof inner === 'object' &&
    !Array.isArray(inner) &&
    key !== 'pollInterval'
      ? keysOf(inner)
      : []),
  ]);
