import { describeChange } from './change';
import type { DatabaseResult } from './events';
import { changesOf, DatabasePlan } from './plan';

/** What came of carrying one plan out. */
export type ApplyOutcome =
  | { outcome: 'changed'; changes: number }
  | { outcome: 'failed'; changes: number; problem: string }
  | { outcome: 'stopped'; changes: number };

/** Whether what is there is other than what is declared. */
const differs = (plan: DatabasePlan): boolean =>
  plan.steps.length > 0 ||
  plan.refusal !== undefined ||
  plan.findings.length > 0;

/** The differences in words, a line each. */
const differences = (plan: DatabasePlan): string[] => [
  ...(plan.refusal ? [plan.refusal] : []),
  ...changesOf(plan).map(
    change => `needed: ${describeChange(change)} (${change.reason})`,
  ),
  ...plan.findings,
];

/** The results of a run that only looks: what it would do, or in a check what has drifted. */
export const lookedAt = (
  plans: readonly DatabasePlan[],
  mode: 'dry-run' | 'check',
): DatabaseResult[] =>
  plans.map(plan => {
    const base = {
      database: plan.databaseName,
      username: plan.username,
      changes: changesOf(plan).length,
    };
    if (!differs(plan)) return { ...base, outcome: 'unchanged', problems: [] };
    if (mode === 'check')
      return { ...base, outcome: 'drifted', problems: differences(plan) };
    return plan.refusal
      ? { ...base, outcome: 'refused', problems: [plan.refusal] }
      : { ...base, outcome: 'planned', problems: plan.findings };
  });

/**
 * The results of a run that makes changes.
 * @param outcomes what came of each plan, by database; none for those that nothing was done for
 * @param after the plans made of what was there afterwards: they should be empty
 */
export const converged = (
  plans: readonly DatabasePlan[],
  outcomes: ReadonlyMap<string, ApplyOutcome>,
  after: readonly DatabasePlan[],
): DatabaseResult[] =>
  plans.map((plan, index) => {
    const outcome = outcomes.get(plan.databaseName);
    const base = {
      database: plan.databaseName,
      username: plan.username,
      changes: outcome?.changes ?? 0,
    };
    if (plan.refusal)
      return { ...base, outcome: 'refused', problems: [plan.refusal] };
    if (outcome?.outcome === 'failed')
      return { ...base, outcome: 'failed', problems: [outcome.problem] };
    if (outcome?.outcome === 'stopped' || (!outcome && plan.steps.length > 0))
      return { ...base, outcome: 'stopped', problems: [] };
    if (differs(after[index])) {
      return {
        ...base,
        outcome: 'failed',
        problems: [
          'It still differs after the changes, or was changed meanwhile.',
          ...differences(after[index]),
        ],
      };
    }
    return {
      ...base,
      outcome: outcome ? 'changed' : 'unchanged',
      problems: [],
    };
  });

/** How the run as a whole ended. */
export const overallOutcome = (
  results: readonly DatabaseResult[],
): 'done' | 'failed' | 'drift' => {
  const has = (...outcomes: Array<DatabaseResult['outcome']>) =>
    results.some(({ outcome }) => outcomes.includes(outcome));
  if (has('failed', 'refused', 'stopped')) return 'failed';
  return has('drifted') ? 'drift' : 'done';
};
