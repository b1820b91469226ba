/** The steps of a request, by the id of their action. */
export const OPERATIONS = {
  'goldenpath:request:validate': 'claim',
  'goldenpath:app:validate': 'claim-app',
  'goldenpath:rds:dispatch': 'dispatch',
  'goldenpath:app:render': 'render',
  'goldenpath:app:publish': 'publish',
  'goldenpath:rds:await': 'await',
  'goldenpath:rds:provision': 'provision',
  'goldenpath:rds:inspect': 'inspect',
  'goldenpath:rds:decommission': 'decommission',
} as const;
export type Operation = (typeof OPERATIONS)[keyof typeof OPERATIONS];

/** Ids of the audit events; render, await and inspect change nothing outside of the task. */
export const AUDIT_EVENTS: Partial<Record<Operation, string>> = {
  claim: 'database-claim',
  'claim-app': 'app-claim',
  dispatch: 'database-dispatch',
  publish: 'app-publish',
  provision: 'database-provision',
  decommission: 'database-decommission',
};

/** Outputs that the audit repeats: links and counts. */
export const AUDITED_OUTPUTS: readonly string[] = [
  'runUrl',
  'repoUrl',
  'changes',
  'commitUrl',
];
