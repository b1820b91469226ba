import { Config, readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { parseRepoUrl } from '@backstage/plugin-scaffolder-node';
import { durationToMilliseconds, HumanDuration } from '@backstage/types';
import {
  CATALOG_PATH,
  DEFAULT_SECRET_PREFIX,
  DOMAINS,
  environmentNameProblem,
  ENVIRONMENTS,
  ENVIRONMENTS_PATH,
  WORKFLOW_FILE,
} from '@goldenpath/plugin-golden-path-common';

export type Visibility = 'private' | 'internal' | 'public';
const VISIBILITIES: readonly Visibility[] = ['private', 'internal', 'public'];

/** `goldenPath.*` of app-config with every default filled in; what each key means stands in `config.d.ts`. */
export interface GoldenPathConfig {
  infraRepo: {
    host: string;
    /** Of the host's pages, such as `https://github.com`. */
    webUrl: string;
    owner: string;
    repo: string;
    workflow: string;
    ref: string;
    baseBranch: string;
    catalogPath: string;
    environmentsPath: string;
  };
  secretPrefix: string;
  environments: readonly string[];
  domains: readonly string[];
  /** The name of the instances' master, which no request may take. */
  masterUsername: string | undefined;
  app: { owner: string; visibility: Visibility };
  cluster: {
    secretStore: string;
    registry: string;
    ingressClass: string;
    ingressDomain: string;
    ingressNamespace: string;
    issuers: { staging: string; prod: string };
  };
  await: { timeoutMs: number; pollMs: number };
  provision: {
    region: string | undefined;
    groups: readonly string[];
    caFile: string | undefined;
    /** By environment. */
    instances: Readonly<Record<string, InstanceConfig | undefined>>;
  };
}

/** What the master's secret of an environment leaves open. */
export interface InstanceConfig {
  masterSecret: string | undefined;
  host: string | undefined;
  port: number | undefined;
}

/** @throws InputError naming the key where a value is missing or can't be */
export const readGoldenPathConfig = (
  root: Config,
  integrations: ScmIntegrationRegistry,
): GoldenPathConfig => {
  const text = (key: string, fallback: string) =>
    root.getOptionalString(`goldenPath.${key}`) ?? fallback;
  const list = (key: string, fallback: readonly string[]) =>
    root.getOptionalStringArray(`goldenPath.${key}`) ?? fallback;
  const milliseconds = (key: string, fallback: HumanDuration) =>
    durationToMilliseconds(
      root.has(`goldenPath.${key}`)
        ? readDurationFromConfig(root, { key: `goldenPath.${key}` })
        : fallback,
    );

  const infra = readRepoUrl(root, integrations);
  return {
    infraRepo: {
      ...infra,
      workflow: text('infraRepo.workflow', WORKFLOW_FILE),
      ref: text('infraRepo.ref', 'main'),
      baseBranch: text('infraRepo.baseBranch', 'main'),
      catalogPath: text('infraRepo.catalogPath', CATALOG_PATH),
      environmentsPath: text('infraRepo.environmentsPath', ENVIRONMENTS_PATH),
    },
    secretPrefix: text('secretPrefix', DEFAULT_SECRET_PREFIX),
    environments: readEnvironments(list('environments', ENVIRONMENTS)),
    domains: list('domains', DOMAINS),
    masterUsername: root.getOptionalString(
      'goldenPath.provision.masterUsername',
    ),
    app: {
      owner: text('app.owner', infra.owner),
      visibility: readVisibility(text('app.visibility', 'private')),
    },
    cluster: {
      secretStore: text('cluster.secretStore', 'aws-secrets-manager'),
      registry: text('cluster.registry', 'registry.example.com'),
      ingressClass: text('cluster.ingressClass', 'nginx'),
      ingressDomain: text('cluster.ingressDomain', 'example.com'),
      ingressNamespace: text('cluster.ingressNamespace', 'ingress-nginx'),
      issuers: {
        staging: text('cluster.issuers.staging', 'letsencrypt-staging'),
        prod: text('cluster.issuers.prod', 'letsencrypt-prod'),
      },
    },
    await: {
      timeoutMs: milliseconds('await.timeout', { minutes: 30 }),
      pollMs: milliseconds('await.pollInterval', { seconds: 5 }),
    },
    provision: {
      region: root.getOptionalString('goldenPath.provision.region'),
      groups: list('provision.groups', []),
      caFile: root.getOptionalString('goldenPath.provision.caFile'),
      instances: readInstances(root),
    },
  };
};

const readEnvironments = (names: readonly string[]): readonly string[] => {
  const key = 'goldenPath.environments';
  if (names.length === 0)
    throw new InputError(`${key} is empty: name at least one.`);
  for (const name of names) {
    const problem = environmentNameProblem(name);
    if (problem)
      throw new InputError(`${key}: ${problem}. Got ${JSON.stringify(name)}.`);
  }
  return [...new Set(names)];
};

const readRepoUrl = (root: Config, integrations: ScmIntegrationRegistry) => {
  const key = 'goldenPath.infraRepo.repoUrl';
  const example = 'such as github.com?owner=acme&repo=platform-infra';
  const value = root.getOptionalString(key);
  if (!value) {
    throw new InputError(
      `${key} is missing in app-config: name the infra repo, ${example}.`,
    );
  }
  try {
    const { host, owner, repo } = parseRepoUrl(value, integrations);
    const apiUrl = integrations.github.byHost(host)?.config.apiBaseUrl;
    if (!owner || !apiUrl)
      throw new Error(`"${host}" is no host of integrations.github`);
    const webUrl = `${new URL(apiUrl).protocol}//${host}`;
    return { host, webUrl, owner, repo };
  } catch (error) {
    throw new InputError(
      `${key} "${value}" can't be used: ${
        (error as Error).message
      }. Write it ${example}.`,
      error as Error,
    );
  }
};

const readInstances = (root: Config): Record<string, InstanceConfig> => {
  const instances = root.getOptionalConfig('goldenPath.provision.instances');
  return Object.fromEntries(
    (instances?.keys() ?? []).map(environment => {
      const of = instances?.getConfig(environment);
      return [
        environment,
        {
          masterSecret: of?.getOptionalString('masterSecret'),
          host: of?.getOptionalString('host'),
          port: of?.getOptionalNumber('port'),
        },
      ];
    }),
  );
};

const readVisibility = (value: string): Visibility => {
  const visibility = VISIBILITIES.find(one => one === value);
  if (visibility) return visibility;
  throw new InputError(
    `goldenPath.app.visibility "${value}": use one of ${VISIBILITIES.join(
      ', ',
    )}.`,
  );
};
