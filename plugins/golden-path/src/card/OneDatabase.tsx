import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { RequestKey } from '@goldenpath/plugin-golden-path-common';
import { goldenPathTranslationRef } from '../translation';
import { DatabaseDetails } from './DatabaseDetails';
import { LoadState } from './LoadState';
import { useDatabase } from './useDatabase';

/** One database within a card. */
export const OneDatabase = (key: RequestKey) => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  return (
    <LoadState polled={useDatabase(key)} loading={t('card.loading')}>
      {database => <DatabaseDetails database={database} />}
    </LoadState>
  );
};
