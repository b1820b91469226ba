import { setTimeout as wait } from 'node:timers/promises';

/** Ends a step whose task was cancelled, before it does anything more. */
export const stopWhenCancelled = (ctx: { signal?: AbortSignal }) => {
  if (ctx.signal?.aborted) {
    throw new Error(
      'The task was cancelled; nothing more is done. What was done stays as it is.',
    );
  }
};

/** Milliseconds, cut short when the task is cancelled. */
export const sleepUnlessCancelled =
  (ctx: { signal?: AbortSignal }) =>
  async (ms: number): Promise<void> => {
    await wait(ms, undefined, { signal: ctx.signal }).catch(error => {
      if (error.name !== 'AbortError') throw error;
    });
    stopWhenCancelled(ctx);
  };
