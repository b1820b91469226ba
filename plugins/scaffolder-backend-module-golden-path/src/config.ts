import { Config, readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { parseRepoUrl } from '@backstage/plugin-scaffolder-node';
import {
  durationToMilliseconds,
  HumanDuration,
  JsonValue,
} from '@backstage/types';
import {
  CATALOG_PATH,
  DEFAULT_SECRET_PREFIX,
  DOMAINS,
  environmentNameProblem,
  ENVIRONMENTS,
  ENVIRONMENTS_PATH,
  FIELD_RULES,
  REMOVAL_WORKFLOW_FILE,
  WORKFLOW_FILE,
} from '@goldenpath/plugin-golden-path-common';

export type Visibility = 'private' | 'internal' | 'public';
const VISIBILITIES: readonly Visibility[] = ['private', 'internal', 'public'];

export type Membership = 'required' | 'none';
const MEMBERSHIPS: readonly Membership[] = ['required', 'none'];

/** Which groups may own a database, and who may request one for them. */
export interface OwnersConfig {
  membership: Membership;
  /** In lower case, as the catalog compares them. */
  namespaces: readonly string[];
  /** As the `catalogFilter` of the form's OwnerPicker. */
  filter: Readonly<Record<string, string | string[]>>;
}

/** `goldenPath.*` of app-config with every default filled in; `config.d.ts` documents each key. */
export interface GoldenPathConfig {
  infraRepo: {
    host: string;
    /** Of the host's pages, such as `https://github.com`. */
    webUrl: string;
    owner: string;
    repo: string;
    workflow: string;
    /** Opens the pull request that takes a database out. */
    decommissionWorkflow: string;
    ref: string;
    baseBranch: string;
    catalogPath: string;
    environmentsPath: string;
  };
  secretPrefix: string;
  environments: readonly string[];
  domains: readonly string[];
  /** Name of the instances' master, not allowed in a request. */
  masterUsername: string | undefined;
  owners: OwnersConfig;
  app: { owner: string; visibility: Visibility };
  cluster: {
    secretStore: string;
    registry: string;
    storageClass: string;
    ingressClass: string;
    ingressDomain: string;
    ingressNamespace: string;
    issuers: { staging: string; prod: string };
  };
  await: {
    timeoutMs: number;
    pollMs: number;
    mergeTimeoutMs: number;
    provisionTimeoutMs: number;
  };
  provision: {
    region: string | undefined;
    groups: readonly string[];
    caFile: string | undefined;
    /** By environment. */
    instances: Readonly<Record<string, InstanceConfig | undefined>>;
  };
}

/** Settings of an environment's instance that its master secret doesn't have. */
export interface InstanceConfig {
  masterSecret: string | undefined;
  host: string | undefined;
  port: number | undefined;
}

/** @throws InputError naming the key when a value is missing or invalid */
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
      decommissionWorkflow: text(
        'infraRepo.decommissionWorkflow',
        REMOVAL_WORKFLOW_FILE,
      ),
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
    owners: {
      membership: readChoice(
        'owners.membership',
        text('owners.membership', 'required'),
        MEMBERSHIPS,
      ),
      namespaces: readNamespaces(list('owners.namespaces', ['default'])),
      filter: readFilter(root.getOptional('goldenPath.owners.filter') ?? {}),
    },
    app: {
      owner: text('app.owner', infra.owner),
      visibility: readChoice(
        'app.visibility',
        text('app.visibility', 'private'),
        VISIBILITIES,
      ),
    },
    cluster: {
      secretStore: text('cluster.secretStore', 'aws-secrets-manager'),
      registry: text('cluster.registry', 'registry.example.com'),
      storageClass: text('cluster.storageClass', 'gp3'),
      ingressClass: text('cluster.ingressClass', 'nginx'),
      ingressDomain: readDomain(
        'cluster.ingressDomain',
        text('cluster.ingressDomain', 'example.com'),
      ),
      ingressNamespace: text('cluster.ingressNamespace', 'ingress-nginx'),
      issuers: {
        staging: text('cluster.issuers.staging', 'letsencrypt-staging'),
        prod: text('cluster.issuers.prod', 'letsencrypt-prod'),
      },
    },
    await: {
      timeoutMs: milliseconds('await.timeout', { minutes: 30 }),
      pollMs: milliseconds('await.pollInterval', { seconds: 5 }),
      mergeTimeoutMs: milliseconds('await.mergeTimeout', { hours: 24 }),
      provisionTimeoutMs: milliseconds('await.provisionTimeout', { hours: 2 }),
    },
    provision: {
      region: root.getOptionalString('goldenPath.provision.region'),
      groups: list('provision.groups', []),
      caFile: root.getOptionalString('goldenPath.provision.caFile'),
      instances: readInstances(root),
    },
  };
};

/** Returns the reason when the configuration can't be used: a mistake here must not stop the whole backend. */
export const tryGoldenPathConfig = (
  root: Config,
  integrations: ScmIntegrationRegistry,
): GoldenPathConfig | Error => {
  try {
    return readGoldenPathConfig(root, integrations);
  } catch (error) {
    return new InputError(
      `The golden path is not configured: ${(error as Error).message}`,
    );
  }
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
      throw new Error(`"${host}" is not a host of integrations.github`);
    const webUrl = `${new URL(apiUrl).protocol}//${host}`;
    return { host, webUrl, owner, repo };
  } catch (error) {
    throw new InputError(
      `${key} "${value}" is invalid: ${
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

const readChoice = <Choice extends string>(
  key: string,
  value: string,
  choices: readonly Choice[],
): Choice => {
  const choice = choices.find(one => one === value);
  if (choice) return choice;
  throw new InputError(
    `goldenPath.${key} "${value}": use one of ${choices.join(', ')}.`,
  );
};

/** A host name holds 253 characters (RFC 1035); before this domain come an app's name, an environment's, and two dots. */
const DOMAIN_MAX_LENGTH = 253 - FIELD_RULES.component_id.maxLength - 15 - 2;
const DOMAIN =
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

const readDomain = (key: string, value: string): string => {
  if (DOMAIN.test(value) && value.length <= DOMAIN_MAX_LENGTH) return value;
  throw new InputError(
    `goldenPath.${key} "${value}": use a domain in lower case with at most ${DOMAIN_MAX_LENGTH} characters, such as apps.acme.example: it is the end of each app's host name.`,
  );
};

/** https://backstage.io/docs/features/software-catalog/descriptor-format#namespace-optional */
const NAMESPACE = /^(?=.{1,63}$)[a-z0-9]+(-+[a-z0-9]+)*$/;

const readNamespaces = (names: readonly string[]): readonly string[] => {
  if (names.length === 0)
    throw new InputError(
      'goldenPath.owners.namespaces is empty: name at least one.',
    );
  return names.map(name => {
    const folded = name.toLocaleLowerCase('en');
    if (NAMESPACE.test(folded)) return folded;
    throw new InputError(
      `goldenPath.owners.namespaces: use names of namespaces of the catalog, such as default or payments. Got ${JSON.stringify(
        name,
      )}.`,
    );
  });
};

const readFilter = (value: JsonValue): OwnersConfig['filter'] => {
  const isText = (one: unknown): one is string => typeof one === 'string';
  const isFilterValue = (one: unknown): one is string | string[] =>
    isText(one) || (Array.isArray(one) && one.length > 0 && one.every(isText));
  const entries =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value)
      : [['', undefined] as const];
  return Object.fromEntries(
    entries.map(([path, values]) => {
      if (isFilterValue(values)) return [path, values];
      throw new InputError(
        `goldenPath.owners.filter: use paths of the group's entity, each with a text or a list of texts, such as spec.type: [team]. Got ${JSON.stringify(
          value,
        )}.`,
      );
    }),
  );
};
