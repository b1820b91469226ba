import { useCallback, useEffect, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import type { DatabaseSummary } from '@goldenpath/plugin-golden-path-common';
import { goldenPathApiRef } from '../api/GoldenPathApi';

/** Few enough that the first page is there soon, many enough that 5,000 databases take five questions. */
const PAGE_SIZE = 1000;

export interface AllDatabases {
  /** Undefined until the first page is there. */
  items?: DatabaseSummary[];
  total: number;
  isComplete: boolean;
  error?: Error;
  retry(): void;
}

const NOTHING = { total: 0, isComplete: false };

/** Loads all databases that the user may see, a page after the other. */
export const useAllDatabases = (): AllDatabases => {
  const api = useApi(goldenPathApiRef);
  const [state, setState] = useState<Omit<AllDatabases, 'retry'>>(NOTHING);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const loadAll = async () => {
      const items: DatabaseSummary[] = [];
      let cursor: string | undefined;
      do {
        const page = await api.listDatabases(
          { limit: PAGE_SIZE, cursor },
          { signal },
        );
        if (signal.aborted) return;
        items.push(...page.items);
        cursor = page.nextCursor;
        setState({
          items: [...items],
          total: page.total,
          isComplete: !cursor,
        });
      } while (cursor);
    };
    loadAll().catch(error => {
      if (!signal.aborted) setState(before => ({ ...before, error }));
    });
    return () => controller.abort();
  }, [api, attempt]);

  const retry = useCallback(() => {
    setState(NOTHING);
    setAttempt(count => count + 1);
  }, []);
  return { ...state, retry };
};
