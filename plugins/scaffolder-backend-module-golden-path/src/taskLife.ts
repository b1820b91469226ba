import { AuthService } from '@backstage/backend-plugin-api';
import { ScaffolderService } from '@backstage/plugin-scaffolder-node';
import { TaskRecovery } from './taskRecovery';

const OVER = ['failed', 'cancelled', 'skipped'];
/** The scaffolder looks for stale tasks every 10 s; after six rounds nobody recovers this one. */
const RECOVERY_ROUNDS_MS = 60_000;

/** Whether somebody works on a task. */
export interface TaskLife {
  /**
   * `over`: failed, cancelled or deleted. `silent`: not ended, but its worker is gone. `unknown`: the scaffolder is
   * unreachable.
   */
  state: 'completed' | 'over' | 'working' | 'silent' | 'unknown';
  /** Of a silent task: its last sign of life. */
  lastSeen?: Date;
}

/**
 * Reads whether a scaffolder task has ended or was deleted, or whether its worker died: a worker stamps
 * `last_heartbeat_at` once a second.
 */
export const createReadTaskLife =
  (deps: {
    scaffolder: Pick<ScaffolderService, 'getTask'>;
    auth: Pick<AuthService, 'getOwnServiceCredentials'>;
    recovery: TaskRecovery;
    now(): Date;
  }) =>
  async (taskId: string): Promise<TaskLife> => {
    try {
      const { status, lastHeartbeatAt } = await deps.scaffolder.getTask(
        { taskId },
        { credentials: await deps.auth.getOwnServiceCredentials() },
      );
      if (status === 'completed') return { state: 'completed' };
      if (OVER.includes(status)) return { state: 'over' };
      if (status !== 'processing' || !lastHeartbeatAt)
        return { state: 'working' };
      const { isEnabled, staleMs } = deps.recovery;
      const lastSeen = new Date(lastHeartbeatAt);
      const silentMs = deps.now().getTime() - lastSeen.getTime();
      return silentMs > staleMs + (isEnabled ? RECOVERY_ROUNDS_MS : 0)
        ? { state: 'silent', lastSeen }
        : { state: 'working' };
    } catch (error) {
      return {
        state: (error as Error).name === 'NotFoundError' ? 'over' : 'unknown',
      };
    }
  };
export type ReadTaskLife = ReturnType<typeof createReadTaskLife>;
