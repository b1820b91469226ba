import { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { parseRepoUrl } from '@backstage/plugin-scaffolder-node';
import {
  CATALOG_PATH,
  DEFAULT_BASE_BRANCH,
  DEFAULT_SECRET_PREFIX,
  DOMAINS,
  ENVIRONMENTS,
  ENVIRONMENTS_PATH,
} from '@goldenpath/plugin-golden-path-common';

/** What the routes take from `goldenPath.*` of app-config, with every default filled in. */
export interface RoutesConfig {
  infraRepo: {
    host: string;
    /** Of the host's pages, such as `https://github.com`. */
    webUrl: string;
    owner: string;
    repo: string;
    baseBranch: string;
    catalogPath: string;
    environmentsPath: string;
  };
  secretPrefix: string;
  environments: readonly string[];
  domains: readonly string[];
  masterUsername: string | undefined;
  /** GitHub organisation of the apps' repositories. */
  appOwner: string;
}

/** @throws InputError naming the key when the infra repo is missing or invalid */
export const readRoutesConfig = (
  root: Config,
  integrations: ScmIntegrationRegistry,
): RoutesConfig => {
  const config = root.getOptionalConfig('goldenPath');
  const text = (key: string, fallback: string) =>
    config?.getOptionalString(key) ?? fallback;
  const list = (key: string, fallback: readonly string[]) =>
    config?.getOptionalStringArray(key) ?? fallback;
  const infraRepo = readInfraRepo(
    config?.getOptionalString('infraRepo.repoUrl'),
    integrations,
  );
  return {
    infraRepo: {
      ...infraRepo,
      baseBranch: text('infraRepo.baseBranch', DEFAULT_BASE_BRANCH),
      catalogPath: text('infraRepo.catalogPath', CATALOG_PATH),
      environmentsPath: text('infraRepo.environmentsPath', ENVIRONMENTS_PATH),
    },
    secretPrefix: text('secretPrefix', DEFAULT_SECRET_PREFIX),
    environments: list('environments', ENVIRONMENTS),
    domains: list('domains', DOMAINS),
    masterUsername: config?.getOptionalString('provision.masterUsername'),
    appOwner: text('app.owner', infraRepo.owner),
  };
};

const readInfraRepo = (
  value: string | undefined,
  integrations: ScmIntegrationRegistry,
) => {
  const key = 'goldenPath.infraRepo.repoUrl';
  const example = 'such as github.com?owner=acme&repo=platform-infra';
  if (!value)
    throw new InputError(
      `${key} is missing in app-config: name the infra repo, ${example}.`,
    );
  const { host, owner, repo } = parseRepoUrl(value, integrations);
  const apiUrl = integrations.github.byHost(host)?.config.apiBaseUrl;
  if (!owner || !apiUrl)
    throw new InputError(
      `${key} "${value}": "${host}" is not a host of integrations.github. Write it ${example}.`,
    );
  const webUrl = `${new URL(apiUrl).protocol}//${host}`;
  return { host, webUrl, owner, repo };
};
