/** Texts of a database's status. Keys of a step, state or problem are their names in the contract. */
export const statusMessages = {
  step: {
    requested: 'Requested',
    pull_request: 'Pull request opened',
    approved: 'Approved',
    merged: 'Merged',
    credentials: 'Credentials created',
    provisioned: 'Database provisioned',
    rotated: 'Password rotated',
  },
  state: {
    done: 'Done',
    current: 'In progress',
    waitsForPerson: 'Waiting',
    waiting: 'Not started',
    notDue: 'Not due yet',
    failed: 'Failed',
  },
  problem: {
    failed: 'Failed',
    stale: 'No progress',
    drifted: 'Drifted',
  },
  undeclared: 'No longer declared',
  ready: 'The database is ready',
  stepsLabel: 'Progress of {{database}}',
  evidenceLink: 'Evidence: {{step}}',
  problemLink: 'Show what was found',
  nextTitle: 'Next: {{who}}',
  seenAt: 'Last checked {{time}}',
  utc: '{{time}} UTC',
} as const;
