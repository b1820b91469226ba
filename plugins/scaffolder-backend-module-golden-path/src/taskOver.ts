import { AuthService } from '@backstage/backend-plugin-api';
import { ScaffolderService } from '@backstage/plugin-scaffolder-node';

const OVER = ['completed', 'failed', 'cancelled', 'skipped'];

/** Whether a scaffolder task has ended or was deleted; undefined when the scaffolder is unreachable. */
export const createIsTaskOver =
  (deps: {
    scaffolder: Pick<ScaffolderService, 'getTask'>;
    auth: Pick<AuthService, 'getOwnServiceCredentials'>;
  }) =>
  async (taskId: string): Promise<boolean | undefined> => {
    try {
      const task = await deps.scaffolder.getTask(
        { taskId },
        { credentials: await deps.auth.getOwnServiceCredentials() },
      );
      return OVER.includes(task.status);
    } catch (error) {
      return (error as Error).name === 'NotFoundError' ? true : undefined;
    }
  };
