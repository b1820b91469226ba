import { NotFoundError } from '@backstage/errors';
import { collectActions, userCredentials } from '../testing/collectActions';
import { EXAMPLE_STATUS } from '../testing/exampleStatus';
import { registerExplainRequest } from './explainRequest';

const key = { environment: 'dev', databaseName: 'users_db' };

describe('explain-request', () => {
  const asked: unknown[] = [];
  const register = (get: () => Promise<typeof EXAMPLE_STATUS>) => {
    const actions = collectActions();
    registerExplainRequest({
      actionsRegistry: actions.registry,
      audited: actions.audited,
      databases: {
        list: async () => ({ items: [], total: 0 }),
        get: async (...args) => {
          asked.push(args);
          return get();
        },
      },
    });
    return actions;
  };

  it('only reads', () => {
    expect(
      register(async () => EXAMPLE_STATUS).get('explain-request').attributes,
    ).toEqual({ readOnly: true, destructive: false, idempotent: true });
  });

  it('asks as the caller, and says who moves next', async () => {
    const actions = register(async () => EXAMPLE_STATUS);
    expect(await actions.invoke('explain-request', key)).toEqual({
      explanation:
        'Database users_db in dev: pull request opened at 2026-11-26T10:05:00.000Z. Pull request 7 is open. It waits for the approval. Next: a reviewer of platform-team. Pull request 7 has no approval yet.',
      status: EXAMPLE_STATUS,
    });
    expect(asked).toEqual([[key, userCredentials]]);
    expect(actions.events).toEqual([
      {
        eventId: 'database-fetch',
        meta: { queryType: 'by-name', by: 'user:default/jane', ...key },
      },
    ]);
  });

  it('passes on that there is none, or that it may not be seen', async () => {
    const actions = register(async () => {
      throw new NotFoundError('There is no database users_db in dev.');
    });
    await expect(actions.invoke('explain-request', key)).rejects.toThrow(
      'There is no database users_db in dev.',
    );
  });

  it('gives out nothing that the contract does not name', async () => {
    const leaky = { ...EXAMPLE_STATUS, password: 'hunter2' };
    await expect(
      register(async () => leaky).invoke('explain-request', key),
    ).rejects.toThrow('password');
  });
});
