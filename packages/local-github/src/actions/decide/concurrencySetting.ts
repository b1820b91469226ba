import { Contexts } from './expression';
import { asMap, resolve, Template } from './template';

/** What `concurrency:` asks for. */
export interface ConcurrencySetting {
  /** In lower case: GitHub doesn't tell `Prod` from `prod`. */
  group: string;
  cancelInProgress: boolean;
}

/** Evaluates a workflow's or job's `concurrency:`. @returns undefined where there is no group to enter */
export const readConcurrency = (
  concurrency: Template | undefined,
  contexts: Contexts,
): ConcurrencySetting | undefined => {
  if (concurrency === undefined) return undefined;
  const setting = resolve(concurrency, contexts);
  const map =
    typeof setting === 'object'
      ? asMap(setting as Template)
      : { group: setting };
  const group = String(map.group ?? '').toLowerCase();
  if (group === '') return undefined;
  return { group, cancelInProgress: map['cancel-in-progress'] === true };
};
