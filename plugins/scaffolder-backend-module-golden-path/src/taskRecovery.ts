import { LoggerService } from '@backstage/backend-plugin-api';
import { Config, readDurationFromConfig } from '@backstage/config';
import { durationToMilliseconds } from '@backstage/types';

/** `scaffolder.taskRecovery`, as the scaffolder reads it. */
export interface TaskRecovery {
  isEnabled: boolean;
  /** A task without a sign of life for longer has lost its worker. */
  staleMs: number;
}

/** Reads the keys in the scaffolder's order, the older names last. */
export const readTaskRecovery = (root: Config): TaskRecovery => {
  const key = [
    'scaffolder.taskRecovery.staleTimeout',
    'scaffolder.EXPERIMENTAL_recoverTasksTimeout',
  ].find(one => root.has(one));
  return {
    isEnabled:
      root.getOptionalBoolean('scaffolder.taskRecovery.enabled') ??
      root.getOptionalBoolean('scaffolder.EXPERIMENTAL_recoverTasks') ??
      false,
    staleMs: key
      ? durationToMilliseconds(readDurationFromConfig(root, { key }))
      : 30_000,
  };
};

/** Warns at start when a killed backend would leave its tasks unfinished. */
export const warnWithoutRecovery = (
  { isEnabled }: TaskRecovery,
  logger: Pick<LoggerService, 'warn'>,
): void => {
  if (isEnabled) return;
  logger.warn(
    'scaffolder.taskRecovery.enabled is off: when this backend is stopped in the middle of a task, the task stays in progress for ever, and neither Retry nor Cancel work on it. Set it to true in app-config.',
  );
};
