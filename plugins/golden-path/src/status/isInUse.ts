import type { DatabaseStatus } from '@goldenpath/plugin-golden-path-common';

/** Whether it is provisioned and still declared. */
export const isInUse = ({ steps, undeclared }: DatabaseStatus): boolean =>
  !undeclared &&
  steps.some(({ name, state }) => name === 'provisioned' && state === 'done');
