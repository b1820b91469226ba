import { setTimeout as sleep } from 'node:timers/promises';

/** GitHub's times have whole seconds, and a label counts from the second after that of the newest push. */
export const nextSecond = (): Promise<void> => {
  const begun = Date.now();
  return sleep(1000 - (begun % 1000)).then(() =>
    // A timer may be early by a millisecond.
    Math.floor(Date.now() / 1000) > Math.floor(begun / 1000)
      ? undefined
      : nextSecond(),
  );
};
