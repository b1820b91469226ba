import { useCallback, useEffect, useRef, useState } from 'react';
import { useAppSearchParams } from '@backstage/frontend-plugin-api';
import {
  EMPTY_LIST_STATE,
  parseListState,
  printListState,
  type ListState,
} from './listState';

/** Typing changes the address after this pause, and no entry of the history a letter. */
const TYPING_PAUSE_MS = 300;

/** The page's state: in the address, so that a link shows the same and Back works. Its functions keep their identity. */
export const useListState = () => {
  const [query, setQuery] = useAppSearchParams();
  const [typed, setTyped] = useState<string>();
  const inAddress = parseListState(query);
  const state: ListState =
    typed === undefined ? inAddress : { ...inAddress, text: typed, page: 1 };

  const current = { state, setQuery };
  const latest = useRef(current);
  latest.current = current;
  const write = useCallback(
    (decide: (now: ListState) => ListState, replace = false) => {
      setTyped(undefined);
      const next = decide(latest.current.state);
      latest.current.setQuery(printListState(next), { replace });
    },
    [],
  );

  useEffect(() => {
    if (typed === undefined) return undefined;
    const timer = setTimeout(() => write(now => now, true), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, write]);

  return {
    state,
    setText: setTyped,
    /** Any change but of the page leads to the first page. */
    change: useCallback(
      (part: Partial<ListState>) =>
        write(now => ({ ...now, page: 1, ...part })),
      [write],
    ),
    reset: useCallback(
      () => write(({ sort }) => ({ ...EMPTY_LIST_STATE, sort })),
      [write],
    ),
  };
};
