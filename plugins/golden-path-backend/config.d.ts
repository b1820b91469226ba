import { SchedulerServiceTaskScheduleDefinitionConfig } from '@backstage/backend-plugin-api';
import { HumanDuration } from '@backstage/types';

export interface Config {
  goldenPath?: {
    /** How the status of databases and requests is kept up to date. `goldenPath.infraRepo` says where they are. */
    status?: {
      /**
       * When GitHub and the infra repo are read, besides GitHub's events. Default: every 30 seconds, for at most 5 minutes.
       * @visibility backend
       */
      schedule?: SchedulerServiceTaskScheduleDefinitionConfig;
      /**
       * Whether owners are notified of what happens to their databases, with the notifications plugin. Default: true.
       * @visibility backend
       */
      notifications?: boolean;
      /**
       * The template that the action request-database runs. Default: template:default/backend-app-rds.
       * @visibility backend
       */
      template?: string;
      /** After how long a request counts as stale. */
      staleAfter?: {
        /**
         * A pull request without a review, or without a merge after it. Default: 3 days.
         * @visibility backend
         */
        review?: HumanDuration | string;
        /**
         * A merged request without a database. Default: 2 hours.
         * @visibility backend
         */
        merge?: HumanDuration | string;
        /**
         * A workflow run in progress, and a task without one. Default: 1 hour.
         * @visibility backend
         */
        run?: HumanDuration | string;
        /**
         * A conflict, which the workflow that rebases requests resolves soon after each merge. Default: 10 minutes.
         * @visibility backend
         */
        conflict?: HumanDuration | string;
      };
    };
  };
}
