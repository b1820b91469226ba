import { When } from './githubGate';

/** A moment of a task at which its backend is killed. */
export type KillPoint = {
  reason: string;
  when: When;
  /** Whether the kill leaves every second file of the workspace only, as in the middle of rendering. */
  isHalfRendered?: boolean;
} & ({ request: string; nth: number } | { write: string });

/** Holding it stops the backend from starting any other task, so it comes last. */
const STARTED = 'task: processing';

/** Asked again and again, or by the catalog as well as by the task: only the first time is a moment of its own. */
const REPEATED = /\/actions\/runs\/\{run\}$|\/contents\//;

/**
 * The moments of a clean run: every write to the database and every request that changes something, before or after it
 * took effect, and every question to GitHub after its answer.
 */
export const listKillPoints = (
  requests: string[],
  writes: string[],
): KillPoint[] => {
  const ofRequests = requests.flatMap((request, index): KillPoint[] => {
    const nth = requests
      .slice(0, index + 1)
      .filter(one => one === request).length;
    if (nth > 1 && REPEATED.test(request)) return [];
    const whens: When[] = request.startsWith('GET ')
      ? ['after']
      : ['before', 'after'];
    return whens.map(when => ({
      request,
      nth,
      when,
      reason: `${when} ${request}${nth > 1 ? ` (${nth})` : ''}`,
    }));
  });
  const ofWrites = [...new Set(writes)]
    .filter(write => write !== STARTED)
    .flatMap(write =>
      (['before', 'after'] as const).map(
        (when): KillPoint => ({ write, when, reason: `${when} ${write}` }),
      ),
    );
  return [...ofRequests, ...ofWrites];
};

/** Moments at which the kill could have come during rendering, or whose files may not be trusted. */
export const HALF_RENDERED: KillPoint[] = [
  { write: 'step: template', when: 'before' } as const,
  { write: 'step: template', when: 'after' } as const,
  { write: 'claim: repo_state created', when: 'after' } as const,
].map(point => ({
  ...point,
  isHalfRendered: true,
  reason: `${point.when} ${point.write}, with half of the files`,
}));

/** When a task is taken from the queue. */
export const whenStarted = (when: When): KillPoint => ({
  write: STARTED,
  when,
  reason: `${when} ${STARTED}`,
});
