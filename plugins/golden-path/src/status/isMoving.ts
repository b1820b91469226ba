import type { DatabaseStatus } from '@goldenpath/plugin-golden-path-common';

/** Whether the next minutes can bring another step: until the database is provisioned. */
export const isMoving = ({ steps }: DatabaseStatus): boolean =>
  steps.some(({ name, state }) => name === 'provisioned' && state !== 'done');
