import { Clock, systemClock } from './clock';

/** Ends the step when its task was cancelled. */
export const stopWhenCancelled = (ctx: { signal?: AbortSignal }) => {
  if (ctx.signal?.aborted) {
    throw new Error('The task was cancelled. Earlier changes are kept.');
  }
};

/** Waits, in ms; rejects when the task is cancelled. */
export const sleepUnlessCancelled =
  (ctx: { signal?: AbortSignal }, clock: Clock = systemClock) =>
  async (ms: number): Promise<void> => {
    await clock.sleep(ms, ctx.signal).catch(error => {
      if (error.name !== 'AbortError') throw error;
    });
    stopWhenCancelled(ctx);
  };
