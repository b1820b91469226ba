import {
  STATUS_STEPS,
  type DatabaseSummary,
} from '@goldenpath/plugin-golden-path-common';

/** Whether its pull request is merged and nothing has removed it since, so that the catalog has an entity for it. */
export const isInCatalog = ({
  step,
  undeclared,
}: Pick<DatabaseSummary, 'step' | 'undeclared'>): boolean =>
  !undeclared && STATUS_STEPS.indexOf(step) >= STATUS_STEPS.indexOf('merged');
