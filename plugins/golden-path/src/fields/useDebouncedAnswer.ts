import { useEffect, useRef, useState } from 'react';

/** Milliseconds without a change before the backend is asked. */
export const PAUSE = 400;
/** Milliseconds before an answer is given up. */
export const PATIENCE = 10_000;

export type DebouncedAnswer<Answer> =
  | { phase: 'waiting' | 'asking' | 'failed' }
  | { phase: 'answered'; answer: Answer };

const WAITING = { phase: 'waiting' } as const;

/**
 * Asks after a pause in the changes of `question`; undefined asks nothing. A new question cancels the older one, and what
 * is returned is always about the present one.
 */
export const useDebouncedAnswer = <Answer>(
  question: string | undefined,
  ask: (signal: AbortSignal) => Promise<Answer>,
): DebouncedAnswer<Answer> => {
  const [seen, setSeen] = useState<{
    question: string;
    result: DebouncedAnswer<Answer>;
  }>();
  const latestAsk = useRef(ask);
  latestAsk.current = ask;

  useEffect(() => {
    if (question === undefined) return undefined;
    const controller = new AbortController();
    let isOver = false;
    const show = (result: DebouncedAnswer<Answer>, isLast = true) => {
      if (isOver) return;
      isOver = isLast;
      setSeen({ question, result });
    };
    const stop = () => {
      isOver = true;
      controller.abort();
    };
    let timer = setTimeout(() => {
      show({ phase: 'asking' }, false);
      timer = setTimeout(() => {
        show({ phase: 'failed' });
        controller.abort();
      }, PATIENCE);
      latestAsk
        .current(controller.signal)
        .then(
          answer => show({ phase: 'answered', answer }),
          () => show({ phase: 'failed' }),
        )
        .finally(() => clearTimeout(timer));
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [question]);

  return seen?.question === question && seen ? seen.result : WAITING;
};
