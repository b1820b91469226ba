import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

// A connection for each request, as a Service spreads them over pods.
const agent = new Agent({ keepAlive: false, maxSockets: Infinity });

/** @returns the status, or why there was no answer */
export const askOnce = (url: string): Promise<number | string> =>
  new Promise(done => {
    get(url, { agent }, answer => {
      answer.resume();
      answer.once('end', () => done(answer.statusCode!));
      answer.once('error', error => done(error.message));
    }).once('error', error => done(error.message));
  });

export interface Load {
  /** Waits for what is under way. @returns how many requests had each status or error */
  stop(): Promise<Record<string, number>>;
  /** Requests that were sent. */
  sent(): number;
}

/** More than this wait for no answer: what a slower machine can't serve is not sent. */
const MOST_PENDING = 8;

/**
 * Sends requests at a steady rate until stopped, or as many as are answered.
 * @param nextUrl - where the next request goes
 */
export const startLoad = (perSecond: number, nextUrl: () => string): Load => {
  const answers: Record<string, number> = {};
  const pending = new Set<Promise<void>>();
  let sent = 0;
  let stopped = false;
  const started = performance.now();
  const sending = (async () => {
    while (!stopped) {
      const due = ((performance.now() - started) / 1000) * perSecond;
      while (sent < due && pending.size < MOST_PENDING && !stopped) {
        sent += 1;
        const one = askOnce(nextUrl()).then(status => {
          answers[status] = (answers[status] ?? 0) + 1;
          pending.delete(one);
        });
        pending.add(one);
      }
      await sleep(5);
    }
  })();
  return {
    sent: () => sent,
    stop: async () => {
      stopped = true;
      await sending;
      await Promise.all(pending);
      return answers;
    },
  };
};
