import { useCallback } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import type {
  DatabaseStatus,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import { goldenPathApiRef } from '../api/GoldenPathApi';
import { isMoving } from '../status/isMoving';
import { usePolled } from '../status/usePolled';

const isMovingIfSeen = (database: DatabaseStatus | null): boolean =>
  database !== null && isMoving(database);

/** Loads one database, often while it moves: a finished one can still drift, fail or be rotated. null: there is none, or it may not be seen. */
export const useDatabase = ({ environment, databaseName }: RequestKey) => {
  const api = useApi(goldenPathApiRef);
  const load = useCallback(
    async (signal: AbortSignal) =>
      (await api.getDatabase(environment, databaseName, { signal })) ?? null,
    [api, environment, databaseName],
  );
  return usePolled(load, isMovingIfSeen);
};
