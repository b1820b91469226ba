import { AUDIT_ACTION_OF, describeChange, findUndone } from './change';
import type { ChangeRecord, DatabaseResult } from './events';
import { isDrift, printFinding } from './finding';
import { listChanges, DatabasePlan } from './plan';
import { count } from './report';

/** Outcome of applying one plan. */
export type ApplyOutcome =
  | { outcome: 'changed'; changes: number }
  | { outcome: 'failed'; changes: number; problem: string }
  | { outcome: 'stopped'; changes: number };

/** Whether the current state differs from the declared one. */
const isDrifted = (plan: DatabasePlan): boolean =>
  plan.steps.length > 0 ||
  plan.refusal !== undefined ||
  plan.findings.some(isDrift);

/** Describes the drift, one line each. */
const describeDrift = (plan: DatabasePlan): string[] => [
  ...(plan.refusal ? [plan.refusal] : []),
  ...listChanges(plan).map(
    change => `required: ${describeChange(change)} (${change.reason})`,
  ),
  ...describeFindings(plan),
];

const describeFindings = ({ findings }: DatabasePlan): string[] =>
  findings.filter(isDrift).map(printFinding);

/** What every result has, whatever the outcome. */
const resultOf = (
  { databaseName, username }: DatabasePlan,
  changes: number,
) => ({
  database: databaseName,
  username,
  changes,
});

/** Summarizes a dry run (planned changes) or a check (drift). */
export const summarizePlans = (
  plans: readonly DatabasePlan[],
  mode: 'dry-run' | 'check',
): DatabaseResult[] =>
  plans.map(plan => {
    const base = resultOf(plan, listChanges(plan).length);
    if (mode === 'check' && plan.unchecked.length > 0) {
      return {
        ...base,
        outcome: 'unchecked',
        problems: [...describeDrift(plan), ...plan.unchecked],
      };
    }
    if (!isDrifted(plan))
      return { ...base, outcome: 'unchanged', problems: [] };
    if (mode === 'check')
      return { ...base, outcome: 'drifted', problems: describeDrift(plan) };
    return plan.refusal
      ? { ...base, outcome: 'refused', problems: [plan.refusal] }
      : { ...base, outcome: 'planned', problems: describeFindings(plan) };
  });

/**
 * Summarizes a run in mode `apply`.
 * @param outcomes outcome of each applied plan, by database
 * @param after plans for the state after the run; they should be empty
 */
export const summarizeApply = (
  plans: readonly DatabasePlan[],
  outcomes: ReadonlyMap<string, ApplyOutcome>,
  after: readonly DatabasePlan[],
): DatabaseResult[] =>
  plans.map((plan, index) => {
    const outcome = outcomes.get(plan.databaseName);
    const base = resultOf(plan, outcome?.changes ?? 0);
    if (plan.refusal)
      return { ...base, outcome: 'refused', problems: [plan.refusal] };
    if (outcome?.outcome === 'failed') {
      return {
        ...base,
        outcome: 'failed',
        problems: [outcome.problem, ...describeFindings(after[index])],
      };
    }
    if (outcome?.outcome === 'stopped' || (!outcome && plan.steps.length > 0))
      return { ...base, outcome: 'stopped', problems: [] };
    if (isDrifted(after[index])) {
      return {
        ...base,
        outcome: 'failed',
        problems: [
          `It still differs after the changes, or changed during the run.${
            after[index].steps.length > 0
              ? ' Run again to apply what is required.'
              : ''
          }`,
          ...describeDrift(after[index]),
        ],
      };
    }
    // Done means seen.
    if (after[index].unchecked.length > 0)
      return {
        ...base,
        outcome: 'unchecked',
        problems: after[index].unchecked,
      };
    return {
      ...base,
      outcome: outcome ? 'changed' : 'unchanged',
      problems: [],
    };
  });

/** Changes that held after their step and don't at the end of the run, such as a password that still doesn't log in. */
export const listUndone = (
  plans: readonly DatabasePlan[],
  outcomes: ReadonlyMap<string, ApplyOutcome>,
  after: readonly DatabasePlan[],
): ChangeRecord[] =>
  plans.flatMap((plan, index) => {
    if (outcomes.get(plan.databaseName)?.outcome !== 'changed') return [];
    const planned = { changes: listChanges(after[index]), lasting: [] };
    return listChanges(plan).flatMap((change): ChangeRecord[] => {
      const undone = findUndone(change, planned);
      return undone !== undefined
        ? [
            {
              database: plan.databaseName,
              username: plan.username,
              action: AUDIT_ACTION_OF[change.kind],
              status: 'failed',
              durationMs: 0,
              message: `${describeChange(
                change,
              )}: does not hold at the end of the run: ${undone}`,
            },
          ]
        : [];
    });
  });

/** Summarizes a run in mode `apply` that ended with an error: nothing was seen after its changes. */
export const summarizeInterrupted = (
  plans: readonly DatabasePlan[],
  outcomes: ReadonlyMap<string, ApplyOutcome>,
): DatabaseResult[] =>
  plans.map(plan => {
    const outcome = outcomes.get(plan.databaseName);
    const base = resultOf(plan, outcome?.changes ?? 0);
    if (plan.refusal)
      return { ...base, outcome: 'refused', problems: [plan.refusal] };
    switch (outcome?.outcome) {
      case 'failed':
        return { ...base, outcome: 'failed', problems: [outcome.problem] };
      case 'changed':
        return {
          ...base,
          outcome: 'unchecked',
          problems: ['the run ended before the result was checked'],
        };
      default:
        return plan.steps.length > 0
          ? { ...base, outcome: 'stopped', problems: [] }
          : summarizePlans([plan], 'check')[0];
    }
  });

/** Names printed one by one. */
const NAMED = 5;

/** Describes a run in mode `apply` in one line, for the audit. */
export const describeRun = (results: readonly DatabaseResult[]): string => {
  const changes = results.reduce((sum, result) => sum + result.changes, 0);
  const unchecked = results.filter(({ outcome }) => outcome === 'unchecked');
  const named = unchecked.slice(0, NAMED).map(({ database }) => database);
  const more = unchecked.length - named.length;
  return [
    `${count(results.length - unchecked.length, 'database')} checked`,
    `${count(changes, 'change')} applied`,
    ...(unchecked.length > 0
      ? [
          `${unchecked.length} not checked: ${named.join(' ')}${
            more > 0 ? ` and ${more} more` : ''
          }`,
        ]
      : []),
  ].join(', ');
};

/** The outcome of the whole run. */
export const summarizeOutcomes = (
  results: readonly DatabaseResult[],
): 'done' | 'failed' | 'drift' => {
  const has = (...outcomes: Array<DatabaseResult['outcome']>) =>
    results.some(({ outcome }) => outcomes.includes(outcome));
  if (has('failed', 'refused', 'stopped', 'unchecked')) return 'failed';
  return has('drifted') ? 'drift' : 'done';
};
