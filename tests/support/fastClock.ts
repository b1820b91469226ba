import { setTimeout as wait } from 'node:timers/promises';
import { createServiceFactory } from '@backstage/backend-plugin-api';
import {
  Clock,
  clockServiceRef,
} from '../../plugins/scaffolder-backend-module-golden-path/src/clock';

/** A clock for the actions that runs so many times as fast as the real one. */
export const createFastClock = (speed: number) => {
  const start = Date.now();
  const sleeps: number[] = [];
  const clock: Clock = {
    now: () => start + (Date.now() - start) * speed,
    sleep: async (ms, signal) => {
      sleeps.push(ms);
      await wait(ms / speed, undefined, { signal });
    },
  };
  return {
    /** Replaces the module's own. */
    service: createServiceFactory({
      service: clockServiceRef,
      deps: {},
      factory: () => clock,
    }),
    /** How long the actions have waited each time, in ms of this clock. */
    sleeps,
  };
};
