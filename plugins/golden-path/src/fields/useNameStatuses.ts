import { useRef } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import type { NameAvailability } from '@goldenpath/plugin-golden-path-common';
import { goldenPathApiRef } from '../api/GoldenPathApi';
import {
  decideNameStatus,
  listNameProblems,
  NameField,
  NameStatus,
} from './nameStatus';
import { useDebouncedAnswer } from './useDebouncedAnswer';

const keyOf = (environment: string, field: string, value: string) =>
  JSON.stringify([environment, field, value]);

/** What is said below each name of a form. One question to the backend is about all the names that it hasn't answered. */
export const useNameStatuses = (
  names: Partial<Record<NameField, string>>,
  { environment, asksAbout }: { environment: string; asksAbout: NameField[] },
): Partial<Record<NameField, NameStatus>> => {
  const api = useApi(goldenPathApiRef);
  const known = useRef(new Map<string, NameAvailability>());
  const values = Object.entries(names) as Array<[NameField, string]>;

  const { phase } = useDebouncedAnswer(
    JSON.stringify([environment, values, asksAbout]),
    async signal => {
      const open = values.filter(
        ([field, value]) =>
          value !== '' &&
          asksAbout.includes(field) &&
          listNameProblems(field, value).length === 0 &&
          !known.current.has(keyOf(environment, field, value)),
      );
      if (open.length === 0) return;
      const answers = await api.checkNames(
        { environment, ...Object.fromEntries(open) },
        { signal },
      );
      for (const [field, value] of open) {
        const answer = answers.find(({ field: about }) => about === field);
        if (answer && answer.state !== 'unknown')
          known.current.set(keyOf(environment, field, value), answer);
      }
    },
  );

  return Object.fromEntries(
    values.map(([field, value]) => [
      field,
      decideNameStatus({
        field,
        value,
        phase,
        known: known.current.get(keyOf(environment, field, value)),
        asks: asksAbout.includes(field),
      }),
    ]),
  );
};
