import type { LoggerService } from '@backstage/backend-plugin-api';
import { requestId, RequestKey } from '@goldenpath/plugin-golden-path-common';
import { findRetry } from '@goldenpath/plugin-golden-path-node';
import createLimit from 'p-limit';
import type { StatusContext } from '../decide/decideStatus';
import type { Evidence } from '../decide/evidence';
import type { Store } from '../store';
import { applyReads } from './applyReads';
import type { Later } from './later';

/** A hint that comes too early after a look waits this long, in ms. */
const RETRY_MS = 10_000;
/** Hints that are followed at a time: a push may bring many. */
const CONCURRENCY = 4;
/** Longest wait for a rate limit, in ms. */
const LONGEST_WAIT_MS = 60 * 60_000;

/** Looks at single requests, as rarely as all replicas together may. */
export const createLooksAtRequests = (deps: {
  store: Pick<Store, 'claimLook' | 'getKnown' | 'change' | 'forget'>;
  lookAt(
    key: RequestKey,
    known: Evidence,
    catalogPath: string,
  ): Promise<Evidence>;
  readContext(): Promise<StatusContext>;
  logger: Pick<LoggerService, 'warn'>;
  now(): number;
  later: Later;
}) => {
  const { store, logger, now, later } = deps;
  let notBefore = 0;
  const waiting = new Map<string, () => void>();
  const limit = createLimit(CONCURRENCY);

  /** @returns false when a look would come too early; the hint must be followed later */
  const look = async (key: RequestKey): Promise<boolean> => {
    const id = requestId(key);
    if (now() < notBefore || !(await store.claimLook(id, now()))) return false;
    try {
      const known = await store.getKnown(key);
      const context = await deps.readContext();
      const read = await deps.lookAt(
        key,
        known?.evidence ?? {},
        context.catalogPath,
      );
      await applyReads(store, key, read, {
        context: { ...context, now: now() },
        isFirst: false,
        isLook: true,
      });
    } catch (error) {
      // What is known stays; the next refresh looks again.
      const wait = findRetry(error)?.afterMs;
      if (wait !== undefined)
        notBefore = now() + Math.min(wait, LONGEST_WAIT_MS);
      logger.warn(`${id}: GitHub can't be asked: ${(error as Error).message}`);
    }
    return true;
  };

  /** Looks now or, where one has just looked, as soon as one may again. However many hints come, one look follows. */
  const follow = async (key: RequestKey): Promise<void> => {
    const id = requestId(key);
    if (waiting.has(id) || (await limit(look, key))) return;
    if (waiting.has(id)) return;
    waiting.set(
      id,
      later(async () => {
        waiting.delete(id);
        await limit(look, key);
      }, RETRY_MS),
    );
  };

  return {
    look,
    follow,
    /** Forgets the hints that wait: the refresh finds what they meant. */
    stop: () => {
      for (const cancel of waiting.values()) cancel();
      waiting.clear();
    },
  };
};

export type LooksAtRequests = ReturnType<typeof createLooksAtRequests>;
