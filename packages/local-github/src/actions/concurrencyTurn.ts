import { Activity } from './activity';
import { ConcurrencyGroups } from './concurrency';
import { ConcurrencySetting } from './decide/concurrencySetting';
import { RepoRef } from './types';

/** Who waits for a turn in a concurrency group. */
export interface TurnCall {
  groups: ConcurrencyGroups;
  activity: Activity;
  repo: RepoRef;
  setting: ConcurrencySetting;
  /** Groups that the run is in already. */
  held: Set<string>;
  /** The workflow or job, for the error. */
  what: string;
  cancelled: AbortSignal;
  /** Signals that end the waiting. */
  givingUp: AbortSignal[];
}

/** What the work under the group sees. */
export interface Turn {
  cancelled: AbortSignal;
  held: Set<string>;
}

/**
 * Waits for the turn in a concurrency group, works, and leaves the group.
 * @returns undefined where the turn never came
 * @throws Error where the run waits for itself, in GitHub's words
 */
export const runInConcurrencyGroup = async <T>(
  call: TurnCall,
  work: (turn: Turn) => Promise<T>,
): Promise<T | undefined> => {
  const { groups, repo, setting, held } = call;
  const { group } = setting;
  if (held.has(group)) {
    throw new Error(
      `Canceling since a deadlock was detected for concurrency group: '${group}' between a top level workflow and '${call.what}'`,
    );
  }
  const key = `${repo.owner}/${repo.name}/${group}`;
  const replaced = new AbortController();
  const member = { ...setting, replaced: () => replaced.abort() };
  const givingUp = AbortSignal.any([replaced.signal, ...call.givingUp]);
  const gaveUp = new Promise<'gave up'>(end => {
    if (givingUp.aborted) end('gave up');
    givingUp.addEventListener('abort', () => end('gave up'), { once: true });
  });
  try {
    const turn = await call.activity.pause(
      Promise.race([groups.enter(key, member), gaveUp]),
    );
    if (turn === 'gave up') return undefined;
    return await work({
      cancelled: AbortSignal.any([call.cancelled, replaced.signal]),
      held: new Set([...held, group]),
    });
  } finally {
    groups.leave(key, member);
  }
};
