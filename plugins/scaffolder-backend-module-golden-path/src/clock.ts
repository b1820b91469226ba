import { setTimeout as wait } from 'node:timers/promises';
import {
  createServiceFactory,
  createServiceRef,
} from '@backstage/backend-plugin-api';

/** The time that actions read and wait for. Tests replace it with a faster one. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Waits, in ms; rejects with an AbortError when the signal ends it. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => wait(ms, undefined, { signal }),
};

export const clockServiceRef = createServiceRef<Clock>({
  id: 'golden-path.clock',
  defaultFactory: async service =>
    createServiceFactory({ service, deps: {}, factory: () => systemClock }),
});
