import { CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import { WorkflowRun } from '@goldenpath/plugin-golden-path-node';
import { catalogWith } from '../testing/infraFiles';
import { readProvisioning } from './readProvisioning';

const request = { environment: 'dev', databaseName: 'users_db' };
const run = (conclusion: string | undefined, id = 1): WorkflowRun => ({
  id,
  url: `run/${id}`,
  title: 'Apply',
  isCompleted: conclusion !== undefined,
  conclusion,
  attempt: 1,
  path: '.github/workflows/rds-database-apply.yml',
});

describe('readProvisioning', () => {
  const rows: Array<{
    base?: string;
    audit?: string;
    runs?: WorkflowRun[];
    outcome: unknown;
    reason: string;
  }> = [
    { outcome: { state: 'undeclared' }, reason: 'the entry was removed' },
    { base: 'pending', outcome: undefined, reason: 'nothing happened yet' },
    { base: 'active', outcome: { state: 'active' }, reason: 'recorded' },
    {
      base: 'pending',
      audit: 'active',
      outcome: { state: 'active' },
      reason: 'recorded beside a protected main',
    },
    {
      base: 'pending',
      audit: 'pending',
      runs: [run('success')],
      outcome: undefined,
      reason: 'the run was superseded: the newer one records it',
    },
    {
      base: 'pending',
      runs: [run('cancelled')],
      outcome: undefined,
      reason: 'the run made way for a newer one',
    },
    {
      base: 'pending',
      runs: [run(undefined)],
      outcome: undefined,
      reason: 'the run waits for its reviewers',
    },
    {
      base: 'pending',
      runs: [run('failure')],
      outcome: { state: 'failed', run: run('failure') },
      reason: 'the plan failed',
    },
    {
      base: 'pending',
      runs: [{ ...run('failure'), path: '.github/workflows/lint.yml' }],
      outcome: undefined,
      reason: 'another workflow failed',
    },
    {
      base: 'failed',
      runs: [run('failure')],
      outcome: { state: 'failed', run: run('failure') },
      reason: 'the provisioner failed',
    },
    {
      base: 'failed',
      outcome: { state: 'failed', run: undefined },
      reason: 'the provisioner failed, and the run is unknown',
    },
    {
      base: 'failed',
      runs: [run(undefined)],
      outcome: undefined,
      reason: 'the failed run is under way again',
    },
    {
      base: 'active',
      runs: [run('failure')],
      outcome: { state: 'active' },
      reason: 'another database of the run failed',
    },
  ];
  it.each(rows)('$reason', async ({ base, audit, runs = [], outcome }) => {
    const catalogs = new Map([
      [undefined, catalogWith(base)],
      ['database/audit/dev', audit && catalogWith(audit)],
    ]);
    expect(
      await readProvisioning(
        request,
        { catalogPath: CATALOG_PATH, mergeCommit: 'abc' },
        {
          catalog: async branch => catalogs.get(branch),
          runsOf: async commit => (commit === 'abc' ? runs : []),
        },
      ),
    ).toEqual(outcome);
  });
});
