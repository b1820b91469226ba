import { collectActions, userCredentials } from '../testing/collectActions';
import { EXAMPLE_STATUS } from '../testing/exampleStatus';
import { registerListDatabases } from './listDatabases';

const {
  requestId,
  environment,
  databaseName,
  ownerRef,
  component,
  step,
  entityRef,
} = EXAMPLE_STATUS;
const summary = {
  requestId,
  environment,
  databaseName,
  ownerRef,
  component,
  step,
  entityRef,
};

describe('list-databases', () => {
  const asked: unknown[] = [];
  const actions = collectActions();
  registerListDatabases({
    actionsRegistry: actions.registry,
    audited: actions.audited,
    databases: {
      list: async (...args) => {
        asked.push(args);
        return { items: [summary], total: 30, nextCursor: 'more' };
      },
      get: async () => EXAMPLE_STATUS,
    },
  });
  beforeEach(() => asked.splice(0));

  it('only reads', () => {
    expect(actions.get('list-databases').attributes).toEqual({
      readOnly: true,
      destructive: false,
      idempotent: true,
    });
  });

  it('asks as the caller, a short page at a time', async () => {
    expect(
      await actions.invoke('list-databases', { environment: 'dev' }),
    ).toEqual({ items: [summary], total: 30, nextCursor: 'more' });
    expect(asked).toEqual([
      [{ environment: 'dev', limit: 20 }, userCredentials],
    ]);
  });

  it.each([
    { input: { status: 'lost' }, reason: 'neither a step nor a problem' },
    { input: { limit: 101 }, reason: 'more than an answer may hold' },
    { input: { colour: 'red' }, reason: 'an unknown filter' },
  ])('refuses $input: $reason', async ({ input }) => {
    await expect(actions.invoke('list-databases', input)).rejects.toThrow();
    expect(asked).toEqual([]);
  });
});
