import {
  STATUS_STEPS,
  type StatusStep,
} from '@goldenpath/plugin-golden-path-common';

/** Whether its pull request is merged, so that the catalog has an entity for it. */
export const isInCatalog = ({ step }: { step: StatusStep }): boolean =>
  STATUS_STEPS.indexOf(step) >= STATUS_STEPS.indexOf('merged');
