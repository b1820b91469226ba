import { Contexts } from './expression';
import { toMap, resolve, Template } from './template';

/** What `concurrency:` asks for. */
export interface ConcurrencySetting {
  /** In lower case: GitHub doesn't tell `Prod` from `prod`. */
  group: string;
  cancelInProgress: boolean;
  /** How many may wait: one, whose place a newer one takes, or up to a hundred, one after the other. */
  queue: 'single' | 'max';
}

/**
 * Evaluates a workflow's or job's `concurrency:`.
 * @returns undefined where there is no group to enter
 * @throws Error for what can't be combined
 */
export const readConcurrency = (
  concurrency: Template | undefined,
  contexts: Contexts,
): ConcurrencySetting | undefined => {
  if (concurrency === undefined) return undefined;
  const setting = resolve(concurrency, contexts);
  const map =
    typeof setting === 'object'
      ? toMap(setting as Template)
      : { group: setting };
  const group = String(map.group ?? '').toLowerCase();
  if (group === '') return undefined;
  const cancelInProgress = map['cancel-in-progress'] === true;
  const queue = map.queue === 'max' ? 'max' : 'single';
  // https://github.blog/changelog/2026-05-07-github-actions-concurrency-groups-now-allow-larger-queues
  if (cancelInProgress && queue === 'max') {
    throw new Error(
      `concurrency group '${group}': queue: max can't be combined with cancel-in-progress: true`,
    );
  }
  return { group, cancelInProgress, queue };
};
