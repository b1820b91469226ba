import type {
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import { createSendNotifications } from './act/sendNotifications';
import type { Store } from './store';

/** Sends what happened on every replica: they share the work, and none waits for one that was killed. */
export const scheduleNotifications = (deps: {
  store: Store;
  notifications: NotificationService;
  scheduler: SchedulerService;
  logger: LoggerService;
}): Promise<void> =>
  deps.scheduler.scheduleTask({
    id: 'golden-path-notifications',
    frequency: { seconds: 10 },
    initialDelay: { seconds: 10 },
    timeout: { minutes: 2 },
    scope: 'local',
    fn: createSendNotifications({
      ...deps,
      outbox: deps.store,
      now: Date.now,
    }),
  });
