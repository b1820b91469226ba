import { requestId, RequestKey } from '@goldenpath/plugin-golden-path-common';
import { decideStatus, StatusContext } from '../decide/decideStatus';
import type { Evidence } from '../decide/evidence';
import { isForgotten } from '../decide/isForgotten';
import { listTransitions } from '../decide/listTransitions';
import { isSameEvidence, mergeEvidence } from '../decide/mergeEvidence';
import type { Store } from '../store';
import type { Known } from '../store/databases';

/** News older than this are told to nobody, in ms. */
const NEWS_MS = 7 * 24 * 60 * 60_000;

export type Outcome = 'unchanged' | 'changed' | 'unknown';

/**
 * Merges what was read about one request with what is known, and stores the status that follows, if anything changed.
 * @param isFirst - nothing was ever read before: what exists is no news
 * @param isLook - of this request alone: its time is kept, so that an older look that ends later changes nothing
 * @param known - what the caller has just read of the store
 */
export const applyReads = async (
  store: Pick<Store, 'change' | 'forget'>,
  key: RequestKey,
  read: Evidence,
  {
    context,
    isFirst,
    isLook = false,
    known: first,
  }: {
    context: StatusContext;
    isFirst: boolean;
    isLook?: boolean;
    known?: { known: Known | undefined };
  },
): Promise<Outcome> => {
  let outcome: Outcome = 'unchanged';
  let forgotten: Known | undefined;
  await store.change(
    key,
    known => {
      const evidence = mergeEvidence(known?.evidence ?? {}, read);
      const status = decideStatus(key, evidence, context);
      forgotten = undefined;
      if (!status || isForgotten(status, evidence, context.now)) {
        forgotten = known;
        outcome = 'unknown';
        return undefined;
      }
      if (
        known &&
        !isLook &&
        isSameEvidence(known.evidence, evidence) &&
        JSON.stringify(known.status) === JSON.stringify(status)
      ) {
        outcome = 'unchanged';
        return undefined;
      }
      outcome = 'changed';
      return {
        evidence,
        status,
        transitions: listTransitions(known, { status, evidence }, context.now),
        newsSince: isFirst ? Infinity : context.now - NEWS_MS,
      };
    },
    context.now,
    first,
  );
  if (forgotten) await store.forget(forgotten);
  return outcome;
};

/** Database names have no hyphen, so the last one is the separator. */
export const parseRequestId = (id: string): RequestKey => {
  const at = id.lastIndexOf('-');
  const key = { environment: id.slice(0, at), databaseName: id.slice(at + 1) };
  return requestId(key) === id ? key : { environment: '', databaseName: id };
};
