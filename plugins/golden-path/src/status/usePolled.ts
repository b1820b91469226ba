import { useCallback, useEffect, useRef, useState } from 'react';
import { isRefusal } from './isRefusal';

/** Milliseconds between two questions while something moves. */
export const POLL_INTERVAL_MS = 10_000;
/**
 * Milliseconds between two questions while nothing is expected to move, and the longest of the growing pauses after questions
 * that fail one after the other.
 */
export const LONGEST_PAUSE_MS = 60_000;

export interface Polled<T> {
  /** The last answer, also after a later error. */
  value?: T;
  error?: Error;
  isLoading: boolean;
  retry(): void;
}

/**
 * Loads at once, then again while the tab is visible: often while `isMoving` says so, else seldom. After an error it asks
 * again, ever later, unless the error is a refusal.
 *
 * @param load - must keep its identity until what it loads changes
 */
export const usePolled = <T>(
  load: (signal: AbortSignal) => Promise<T>,
  isMoving: (value: T) => boolean,
): Polled<T> => {
  const [state, setState] = useState<{ value?: T; error?: Error }>({});
  const [attempt, setAttempt] = useState(0);
  const moving = useRef(isMoving);
  moving.current = isMoving;

  useEffect(() => setState({}), [load]);

  useEffect(() => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isDue = false;
    let failures = 0;

    const ask = async () => {
      isDue = false;
      try {
        const value = await load(controller.signal);
        if (controller.signal.aborted) return;
        failures = 0;
        setState({ value });
        schedule(moving.current(value) ? POLL_INTERVAL_MS : LONGEST_PAUSE_MS);
      } catch (error) {
        if (controller.signal.aborted) return;
        setState(({ value }) => ({ value, error: asError(error) }));
        if (isRefusal(error)) return;
        schedule(Math.min(POLL_INTERVAL_MS * 2 ** failures, LONGEST_PAUSE_MS));
        failures += 1;
      }
    };
    const schedule = (pauseMs: number) => {
      timer = setTimeout(() => {
        if (document.hidden) isDue = true;
        else void ask();
      }, pauseMs);
    };
    const onVisible = () => {
      if (isDue && !document.hidden) void ask();
    };

    document.addEventListener('visibilitychange', onVisible);
    void ask();
    return () => {
      controller.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [load, attempt]);

  const retry = useCallback(() => {
    setState(({ value }) => ({ value }));
    setAttempt(count => count + 1);
  }, []);
  return {
    ...state,
    isLoading: state.value === undefined && !state.error,
    retry,
  };
};

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error));
