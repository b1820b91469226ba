import { BackstageCredentials } from '@backstage/backend-plugin-api';
import { CheckExistingApp as CheckExistingAppAs } from '@goldenpath/plugin-golden-path-node';

/** Asks the catalog with the task's credentials. */
export type CheckExistingApp = CheckExistingAppAs<BackstageCredentials>;
