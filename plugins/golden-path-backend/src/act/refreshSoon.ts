import type { Later } from './later';

/** A refresh reads every source, and whoever can push can send events: those of this replica start one at most this often, in ms. */
const INTERVAL_MS = 10_000;

/** Starts the refresh early: at once, or as soon as the interval is over. However many hints come, one start follows. */
export const createRefreshSoon = ({
  trigger,
  now,
  later,
}: {
  trigger(): Promise<void>;
  now(): number;
  later: Later;
}) => {
  let last = -Infinity;
  let cancel: (() => void) | undefined;

  const start = async (): Promise<void> => {
    last = now();
    await trigger();
  };
  return {
    refreshSoon: async (): Promise<void> => {
      if (cancel) return;
      const wait = last + INTERVAL_MS - now();
      if (wait <= 0) {
        await start();
        return;
      }
      cancel = later(async () => {
        cancel = undefined;
        await start();
      }, wait);
    },
    /** Forgets the hint that waits: the scheduled refresh finds what it meant. */
    stop: (): void => {
      cancel?.();
      cancel = undefined;
    },
  };
};
