import {
  readSchedulerServiceTaskScheduleDefinitionFromConfig,
  SchedulerServiceTaskScheduleDefinition,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import type { ScmIntegrationRegistry } from '@backstage/integration';
import {
  DEFAULT_BASE_BRANCH,
  FIELD_RULES,
} from '@goldenpath/plugin-golden-path-common';
import type { InfraRepo } from '@goldenpath/plugin-golden-path-node';

/** What the provider takes from app-config, with every default filled in. */
export interface ProviderConfig {
  infraRepo: InfraRepo;
  /** Entity reference. */
  instanceOwner: string;
  /** Of Secrets Manager, for links to its console. */
  region: string | undefined;
  schedule: SchedulerServiceTaskScheduleDefinition;
}

const DEFAULT_SCHEDULE: SchedulerServiceTaskScheduleDefinition = {
  frequency: { minutes: 5 },
  timeout: { minutes: 3 },
  initialDelay: { seconds: 5 },
};

/** @throws InputError naming the key when a value is missing or invalid */
export const readProviderConfig = (
  root: Config,
  integrations: ScmIntegrationRegistry,
): ProviderConfig => {
  const [group] =
    root.getOptionalStringArray('goldenPath.provision.groups') ?? [];
  const schedule = root.getOptionalConfig('goldenPath.catalog.schedule');
  return {
    infraRepo: {
      ...readRepoUrl(root, integrations),
      branch:
        root.getOptionalString('goldenPath.infraRepo.baseBranch') ??
        DEFAULT_BASE_BRANCH,
      catalogPath: root.getOptionalString('goldenPath.infraRepo.catalogPath'),
    },
    instanceOwner:
      root.getOptionalString('goldenPath.catalog.instanceOwner') ??
      group ??
      `group:default/${FIELD_RULES.owner.example}`,
    region: root.getOptionalString('goldenPath.provision.region'),
    schedule: schedule
      ? readSchedulerServiceTaskScheduleDefinitionFromConfig(schedule)
      : DEFAULT_SCHEDULE,
  };
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
  const url = URL.canParse(`https://${value}`)
    ? new URL(`https://${value}`)
    : undefined;
  const owner = url?.searchParams.get('owner');
  const repo = url?.searchParams.get('repo');
  if (!url || !owner || !repo) {
    throw new InputError(`${key} "${value}" is invalid: write it ${example}.`);
  }
  const apiUrl = integrations.github.byHost(url.host)?.config.apiBaseUrl;
  if (!apiUrl) {
    throw new InputError(
      `${key} "${value}": "${url.host}" is not a host of integrations.github; add it there.`,
    );
  }
  return {
    webUrl: `${new URL(apiUrl).protocol}//${url.host}`,
    owner,
    repo,
  };
};
