import { databaseRequestPermission } from '@goldenpath/plugin-golden-path-common';
import { collectActions, userCredentials } from '../testing/collectActions';
import { EXAMPLE_FIELDS } from '../testing/exampleFields';
import { registerPlanRequest } from './planRequest';

describe('plan-request', () => {
  const asked: unknown[] = [];
  const plan = {
    requestId: 'dev-users_db',
    problems: [{ field: 'databaseName', message: 'Taken.' }],
    approvals: [],
  };
  const actions = collectActions();
  registerPlanRequest({
    actionsRegistry: actions.registry,
    audited: actions.audited,
    planRequest: async (...args) => {
      asked.push(args);
      return plan;
    },
  });

  it('only reads, and is hidden from those who may not request', () => {
    expect(actions.get('plan-request')).toMatchObject({
      attributes: { readOnly: true, destructive: false, idempotent: true },
      visibilityPermission: databaseRequestPermission,
    });
  });

  it('plans as the caller; broken rules are part of the answer', async () => {
    const fields = { ...EXAMPLE_FIELDS, databaseName: 'postgres' };
    expect(await actions.invoke('plan-request', fields)).toEqual(plan);
    expect(asked).toEqual([[fields, userCredentials]]);
  });

  it('refuses a field that the form does not have', async () => {
    await expect(
      actions.invoke('plan-request', { ...EXAMPLE_FIELDS, password: 'x' }),
    ).rejects.toThrow('password');
  });
});
