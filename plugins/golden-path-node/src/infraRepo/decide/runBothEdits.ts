import { InputError } from '@backstage/errors';
import { describeReason } from '../../errors/describeReason';
import { listNameConflicts, NameConflictError } from './nameConflict';

/** Runs both edits and reports the problems of both files together. */
export const runBothEdits = async <One, Other>(
  edits: [() => Promise<One>, () => Promise<Other>],
): Promise<[One, Other]> => {
  const [one, other] = await Promise.allSettled([edits[0](), edits[1]()]);
  if (one.status === 'fulfilled' && other.status === 'fulfilled')
    return [one.value, other.value];
  const reasons = [one, other].flatMap(outcome =>
    outcome.status === 'rejected' ? [outcome.reason as Error] : [],
  );
  const unexpected = reasons.find(
    ({ name }) => name !== 'ConflictError' && name !== 'InputError',
  );
  if (unexpected || reasons.length === 1) throw unexpected ?? reasons[0];
  const text = reasons.map(describeReason).join('\n');
  throw reasons.every(({ name }) => name === 'ConflictError')
    ? new NameConflictError(text, reasons.flatMap(listNameConflicts))
    : new InputError(text);
};
