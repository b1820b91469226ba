import type { LoggerService } from '@backstage/backend-plugin-api';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { RequestKey } from '@goldenpath/plugin-golden-path-common';
import { NEWS_MAX_AGE_MS, planNotification } from '../decide/notification';
import type { TakenTransition } from '../store/transitions';

const BATCH = 20;
/** A replica that was killed gives its batch back after this. */
const LEASE_MS = 120_000;
/** Half a lease for the batch and one send: the lease lasts until the last answer. */
const BATCH_MS = 60_000;
const SEND_TIMEOUT_MS = 20_000;
const FIRST_RETRY_MS = 30_000;
const LAST_RETRY_MS = 60 * 60_000;

/** The part of the store that holds what was not sent yet. */
export interface Outbox {
  takeTransitions(options: {
    limit: number;
    leaseMs: number;
    now: number;
  }): Promise<TakenTransition[]>;
  markSent(ids: readonly string[], now: number): Promise<void>;
  postpone(
    ids: readonly string[],
    until: number,
    options?: { isFailure: boolean },
  ): Promise<void>;
  get(key: RequestKey): Promise<{ ownerRef: string } | undefined>;
}

/**
 * Sends what happened to the owner of each database, the oldest first. A transition is marked only after it was sent, so a
 * replica that is killed loses none; its scope makes what is sent twice one notification.
 *
 * The owner's group is the only recipient. Backstage resolves it to its members and those of groups below, which is who may
 * own what the group owns: a requester who left the team hears nothing more.
 */
export const createSendNotifications = ({
  outbox,
  notifications,
  logger,
  now,
  sendTimeoutMs = SEND_TIMEOUT_MS,
}: {
  outbox: Outbox;
  notifications: NotificationService;
  logger: LoggerService;
  /** In ms since 1970. */
  now: () => number;
  sendTimeoutMs?: number;
}) => {
  let isFailing = false;

  const reportFailure = (error: Error) => {
    if (!isFailing)
      logger.warn(
        `Notifications about databases can't be sent: ${error.message}. They are sent later, for up to 7 days. Install @backstage/plugin-notifications-backend, or set goldenPath.status.notifications to false.`,
      );
    isFailing = true;
  };
  const reportSuccess = () => {
    if (isFailing) logger.info('Notifications about databases are sent again.');
    isFailing = false;
  };

  /** @returns whether there was something to send, or to drop */
  const send = async (transition: TakenTransition): Promise<void> => {
    const payload = planNotification(transition);
    const isNews = now() - transition.createdAt <= NEWS_MAX_AGE_MS;
    if (payload && isNews) {
      // Whoever owns it now may see it.
      const { ownerRef } = (await outbox.get(transition)) ?? transition;
      await withTimeout(
        notifications.send({
          recipients: { type: 'entity', entityRef: [ownerRef] },
          payload,
        }),
        sendTimeoutMs,
      );
      reportSuccess();
    }
    await outbox.markSent([transition.id], now());
  };

  return async (): Promise<void> => {
    for (;;) {
      const start = now();
      const taken = await outbox.takeTransitions({
        limit: BATCH,
        leaseMs: LEASE_MS,
        now: start,
      });
      for (const [index, transition] of taken.entries()) {
        const rest = taken.slice(index).map(({ id }) => id);
        if (now() - start > BATCH_MS) {
          await outbox.postpone(rest, now());
          break;
        }
        try {
          await send(transition);
        } catch (error) {
          reportFailure(error as Error);
          await outbox.postpone(
            rest.slice(0, 1),
            now() + findRetryDelay(transition.attempts),
            { isFailure: true },
          );
          await outbox.postpone(rest.slice(1), now() + FIRST_RETRY_MS);
          return;
        }
      }
      if (taken.length < BATCH) return;
    }
  };
};

/** Twice as long after each failure. One that always fails doesn't hold up the others. */
const findRetryDelay = (attempts: number): number =>
  Math.min(FIRST_RETRY_MS * 2 ** attempts, LAST_RETRY_MS);

const withTimeout = async <T>(work: Promise<T>, ms: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${ms / 1000} s`)),
      ms,
    );
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
};
