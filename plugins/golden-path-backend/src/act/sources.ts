import type { LoggerService } from '@backstage/backend-plugin-api';
import { findRetry } from '@goldenpath/plugin-golden-path-node';
import type { Store } from '../store';

/** What the status is read from. `catalog` has the audits too. */
export type SourceName =
  | 'catalog'
  | 'pull_requests'
  | 'drift'
  | 'access_reviews'
  | 'claims';

/** Longest wait after a failure, in ms. */
const LONGEST_WAIT_MS = 5 * 60_000;

/**
 * Reads sources independently: one that fails, or is limited, leaves what is known of it as it is, and the others go on. Who
 * reads it next waits as long as GitHub asks.
 */
export const createSourceReads = (deps: {
  store: Pick<Store, 'listSources' | 'setSourceRead' | 'setSourceProblem'>;
  logger: Pick<LoggerService, 'warn' | 'info'>;
  now(): number;
}) => {
  const { store, logger, now } = deps;
  return {
    /** How each source is, at the start of a refresh. */
    open: async () => {
      const states = new Map(
        (await store.listSources()).map(state => [state.name, state]),
      );
      return {
        /** Start of the last read that succeeded; undefined before the first. */
        lastRead: (name: SourceName) => states.get(name)?.readAt,

        /** @returns undefined when it can't be read now */
        read: async <Value>(
          name: SourceName,
          read: () => Promise<Value>,
        ): Promise<{ readAt: number; value: Value } | undefined> => {
          const state = states.get(name);
          if ((state?.notBefore ?? 0) > now()) return undefined;
          const readAt = now();
          try {
            return { readAt, value: await read() };
          } catch (error) {
            const { message } = error as Error;
            const wait = findRetry(error)?.afterMs ?? 0;
            await store.setSourceProblem(
              name,
              message,
              now() + Math.min(wait, LONGEST_WAIT_MS),
            );
            if (state?.problem !== message)
              logger.warn(
                `The status of databases keeps what is known from ${name}, which can't be read: ${message}`,
              );
            return undefined;
          }
        },

        /** Only after everything that was read is stored: a refresh that is killed begins there again. */
        setRead: async (name: SourceName, readAt: number): Promise<void> => {
          await store.setSourceRead(name, readAt);
          if (states.get(name)?.problem)
            logger.info(`The status of databases can read ${name} again.`);
        },
      };
    },
  };
};
export type SourceReads = ReturnType<typeof createSourceReads>;
