import {
  readSchedulerServiceTaskScheduleDefinitionFromConfig,
  SchedulerServiceTaskScheduleDefinition,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import type { ScmIntegrationRegistry } from '@backstage/integration';
import { FIELD_RULES } from '@goldenpath/plugin-golden-path-common';
import {
  type InfraRepo,
  readInfraRepo,
} from '@goldenpath/plugin-golden-path-node';

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
    infraRepo: readInfraRepo(root, integrations).infraRepo,
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
