/** Acts after that many ms. @returns cancels it */
export type Later = (act: () => Promise<void>, ms: number) => () => void;

/** What fails then is found by the scheduled refresh. */
export const startTimer: Later = (act, ms) => {
  const timer = setTimeout(() => act().catch(() => undefined), ms);
  timer.unref();
  return () => clearTimeout(timer);
};
