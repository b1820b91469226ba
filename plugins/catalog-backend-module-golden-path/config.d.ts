import { SchedulerServiceTaskScheduleDefinitionConfig } from '@backstage/backend-plugin-api';

export interface Config {
  goldenPath?: {
    /** How the infra repo's databases come into the catalog. `goldenPath.infraRepo` says where they are. */
    catalog?: {
      /** When the infra repo is read, besides GitHub's push events. Default: every 5 minutes, for at most 3. */
      schedule?: SchedulerServiceTaskScheduleDefinitionConfig;
      /**
       * Owner of the instances. Default: the first of `goldenPath.provision.groups`, or `group:default/platform-team`.
       */
      instanceOwner?: string;
    };
  };
}
