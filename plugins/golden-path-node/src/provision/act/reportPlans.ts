import { printPlan } from '../decide/events';
import type { DatabasePlan } from '../decide/plan';
import type { Run } from './run';

/** Reports what is planned, what was not checked, and which entries have no secret yet. */
export const reportPlans = ({ ports, missing }: Run, plans: DatabasePlan[]) => {
  for (const { databaseName, notes } of plans) {
    for (const text of notes)
      ports.report({ type: 'note', database: databaseName, text });
  }
  for (const { entry, problem } of missing) {
    ports.report({
      type: 'note',
      database: entry.databaseName,
      text: `skipped: ${problem}`,
    });
  }
  ports.report({ type: 'plan', databases: plans.map(printPlan) });
};
