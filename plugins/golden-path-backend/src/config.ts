import {
  readSchedulerServiceTaskScheduleDefinitionFromConfig,
  type SchedulerServiceTaskScheduleDefinition,
} from '@backstage/backend-plugin-api';
import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { type Config, readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import type { ScmIntegrationRegistry } from '@backstage/integration';
import { durationToMilliseconds, type HumanDuration } from '@backstage/types';
import {
  DEFAULT_SECRET_PREFIX,
  ENVIRONMENTS,
  FIELD_RULES,
} from '@goldenpath/plugin-golden-path-common';
import {
  type InfraRepo,
  readInfraRepo,
} from '@goldenpath/plugin-golden-path-node';
import type { Patience } from './decide/problem';

/** What the status takes from app-config, with every default filled in. */
export interface StatusConfig {
  host: string;
  infraRepo: InfraRepo;
  secretPrefix: string;
  /** In the order of promotion. */
  environments: readonly string[];
  /** Entity reference of a group. */
  platformTeam: string;
  instances: Readonly<
    Record<string, { host?: string; port?: number } | undefined>
  >;
  schedule: SchedulerServiceTaskScheduleDefinition;
  patience: Patience;
  /** Owners are notified. */
  notifications: boolean;
  /** What the action request-database runs. */
  templateRef: string;
}

export const DEFAULT_TEMPLATE_REF = 'template:default/backend-app-rds';

const DEFAULT_SCHEDULE: SchedulerServiceTaskScheduleDefinition = {
  frequency: { seconds: 30 },
  timeout: { minutes: 5 },
  initialDelay: { seconds: 5 },
};

/** Returns the reason when the configuration can't be used: a mistake here must not stop the whole backend. */
export const tryStatusConfig = (
  root: Config,
  integrations: ScmIntegrationRegistry,
): StatusConfig | Error => {
  try {
    return readStatusConfig(root, integrations);
  } catch (error) {
    return new InputError(
      `The status of databases is not configured: ${(error as Error).message}`,
    );
  }
};

const readStatusConfig = (
  root: Config,
  integrations: ScmIntegrationRegistry,
): StatusConfig => {
  const [group] =
    root.getOptionalStringArray('goldenPath.provision.groups') ?? [];
  const schedule = root.getOptionalConfig('goldenPath.status.schedule');
  const patience = (name: string, fallback: HumanDuration) => {
    const key = `goldenPath.status.${name}`;
    const ms = durationToMilliseconds(
      root.has(key) ? readDurationFromConfig(root, { key }) : fallback,
    );
    if (ms > 0) return ms;
    throw new InputError(
      `${key} must be longer than nothing, such as { days: 3 }.`,
    );
  };
  return {
    ...readInfraRepo(root, integrations),
    secretPrefix:
      root.getOptionalString('goldenPath.secretPrefix') ??
      DEFAULT_SECRET_PREFIX,
    environments:
      root.getOptionalStringArray('goldenPath.environments') ?? ENVIRONMENTS,
    platformTeam:
      root.getOptionalString('goldenPath.catalog.instanceOwner') ??
      group ??
      `group:default/${FIELD_RULES.owner.example}`,
    instances: readInstances(root),
    schedule: schedule
      ? readSchedulerServiceTaskScheduleDefinitionFromConfig(schedule)
      : DEFAULT_SCHEDULE,
    patience: {
      reviewMs: patience('staleAfter.review', { days: 3 }),
      provisionMs: patience('staleAfter.merge', { hours: 2 }),
      runMs: patience('staleAfter.run', { hours: 1 }),
      conflictMs: patience('staleAfter.conflict', { minutes: 10 }),
    },
    notifications:
      root.getOptionalBoolean('goldenPath.status.notifications') ?? true,
    templateRef: readTemplateRef(root),
  };
};

const readTemplateRef = (root: Config): string => {
  const key = 'goldenPath.status.template';
  const value = root.getOptionalString(key) ?? DEFAULT_TEMPLATE_REF;
  try {
    return stringifyEntityRef(
      parseEntityRef(value, { defaultKind: 'Template' }),
    );
  } catch {
    throw new InputError(
      `${key} "${value}" is invalid: write it such as ${DEFAULT_TEMPLATE_REF}.`,
    );
  }
};

const readInstances = (root: Config): StatusConfig['instances'] => {
  const instances = root.getOptionalConfig('goldenPath.provision.instances');
  return Object.fromEntries(
    (instances?.keys() ?? []).map(environment => {
      const of = instances?.getConfig(environment);
      return [
        environment,
        {
          host: of?.getOptionalString('host'),
          port: of?.getOptionalNumber('port'),
        },
      ];
    }),
  );
};
