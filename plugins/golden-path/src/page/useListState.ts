import { useEffect, useState } from 'react';
import { useAppSearchParams } from '@backstage/frontend-plugin-api';
import {
  EMPTY_LIST_STATE,
  parseListState,
  printListState,
  type ListState,
} from './listState';

/** Typing changes the address after this pause, and no entry of the history a letter. */
const TYPING_PAUSE_MS = 300;

/** The page's state: in the address, so that a link shows the same and Back works. */
export const useListState = () => {
  const [query, setQuery] = useAppSearchParams();
  const [typed, setTyped] = useState<string>();
  const inAddress = parseListState(query);
  const state: ListState =
    typed === undefined ? inAddress : { ...inAddress, text: typed, page: 1 };

  const write = (next: ListState, replace = false) => {
    setTyped(undefined);
    setQuery(printListState(next), { replace });
  };

  useEffect(() => {
    if (typed === undefined) return undefined;
    const timer = setTimeout(() => write(state, true), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
    // Only typing starts the pause again.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [typed]);

  return {
    state,
    setText: setTyped,
    /** Any change but of the page leads to the first page. */
    change: (part: Partial<ListState>) => write({ ...state, page: 1, ...part }),
    reset: () => write({ ...EMPTY_LIST_STATE, sort: state.sort }),
  };
};
