import type { ProvisionEvent } from '../decide/events';

/**
 * Starts a run that has to wait for the lock, and comes back when it does.
 * @returns the run, still under way
 * @throws Error where it ends without having waited
 */
export const startWaiting = async <Result>(
  start: (more: { onEvent(event: ProvisionEvent): void }) => Promise<Result>,
): Promise<{ ended: Promise<Result> }> => {
  let ended!: Promise<Result>;
  await new Promise<void>((waits, fail) => {
    ended = start({
      onEvent: ({ type }) => {
        if (type === 'waiting') waits();
      },
    });
    ended.then(() => fail(new Error('The run ended, and never waited.')), fail);
  });
  return { ended };
};
