import {
  FIELD_RULES,
  findFieldProblems,
  NameAvailability,
} from '@goldenpath/plugin-golden-path-common';

export const NAME_FIELDS = [
  'component_id',
  'databaseName',
  'username',
] as const;
export type NameField = (typeof NAME_FIELDS)[number];

/** How far the question about names has got: `waiting` for a pause in typing, then `asking` the backend. */
export type QuestionPhase = 'waiting' | 'asking' | 'answered' | 'failed';

export type NameStatus =
  | { kind: 'none' }
  | { kind: 'refused'; messages: string[] }
  | { kind: 'checking' }
  | { kind: 'free' }
  | { kind: 'taken'; message: string }
  | { kind: 'unknown' };

/** The rules that a name breaks, in the words of the form: below a field its title is left out. */
export const listNameProblems = (field: NameField, value: string): string[] =>
  findFieldProblems(field, value).map(problem =>
    problem.slice(`${FIELD_RULES[field].title}: `.length),
  );

/**
 * What is said below a name. Nothing before the person pauses; then what is wrong with it, or whether it is free. `known`
 * is the backend's answer about this very value, if there is one; without `asks` the backend has no say.
 */
export const decideNameStatus = ({
  field,
  value,
  phase,
  known,
  asks,
}: {
  field: NameField;
  value: string;
  phase: QuestionPhase;
  known?: NameAvailability;
  asks: boolean;
}): NameStatus => {
  if (value === '') return { kind: 'none' };
  const messages = listNameProblems(field, value);
  if (messages.length > 0)
    return phase === 'waiting'
      ? { kind: 'none' }
      : { kind: 'refused', messages };
  if (!asks) return { kind: 'none' };
  if (known?.state === 'free') return { kind: 'free' };
  if (known?.state === 'taken')
    return { kind: 'taken', message: known.message };
  if (phase === 'waiting') return { kind: 'none' };
  return { kind: phase === 'asking' ? 'checking' : 'unknown' };
};
