import { useCallback } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  STATUS_PROBLEMS,
  type StatusProblem,
} from '@goldenpath/plugin-golden-path-common';
import { goldenPathTranslationRef } from '../translation';
import type { ListStatus } from './listState';

const isProblem = (status: ListStatus): status is StatusProblem =>
  STATUS_PROBLEMS.some(problem => problem === status);

/** The words for a status. The function changes only with the language. */
export const useStatusLabel = () => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  return useCallback(
    (status: ListStatus): string => {
      if (status === 'undeclared') return t('status.undeclared');
      return isProblem(status)
        ? t(`status.problem.${status}`)
        : t(`status.step.${status}`);
    },
    [t],
  );
};
