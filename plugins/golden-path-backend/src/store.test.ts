import { newSqlite } from '../../scaffolder-backend-module-golden-path/src/testing/sqlite';
import type { DecidedStatus } from './decide/decideStatus';
import type { Transition } from './decide/transition';
import { createStore, Store } from './store';
import type { DatabaseFilter } from './store/filter';
import { startSchemas } from './testing/databases';

const NOW = 1_800_000_000_000;
const at = new Date(NOW).toISOString();

const statusOf = (
  databaseName: string,
  rest: Partial<DecidedStatus> = {},
): DecidedStatus => ({
  requestId: `dev-${databaseName}`,
  environment: 'dev',
  databaseName,
  ownerRef: 'group:default/payments',
  component: 'user-service',
  step: 'merged',
  at,
  entityRef: `resource:default/rds-dev-${databaseName}`,
  username: `${databaseName}_app`,
  requestedBy: 'jane',
  steps: [],
  connection: { secretName: 's', kubernetesSecretName: 'k' },
  links: [],
  ...rest,
});
const transitionOf = (databaseName: string, mark = ''): Transition => ({
  key: `${databaseName}${mark}`,
  requestId: `dev-${databaseName}`,
  environment: 'dev',
  databaseName,
  kind: 'merged',
  at,
  evidence: 'It was merged.',
  component: 'user-service',
  ownerRef: 'group:default/payments',
  entityRef: `resource:default/rds-dev-${databaseName}`,
});
const put = (
  store: Store,
  status: DecidedStatus,
  transitions: Transition[] = [],
  newsSince = 0,
) =>
  store.change(
    status,
    () => ({ evidence: {}, status, transitions, newsSince }),
    NOW,
  );

let postgres: Awaited<ReturnType<typeof startSchemas>>;
beforeAll(async () => {
  postgres = await startSchemas();
});
afterAll(() => postgres.stop());

const onPostgres = async () => {
  const { replica } = await postgres.schema();
  return Promise.all([replica(), replica()]);
};
const onSqlite = async () => {
  const client = newSqlite();
  const store = await createStore({ getClient: async () => client });
  return [{ client, store }];
};

describe.each([
  { database: 'SQLite', open: onSqlite },
  { database: 'PostgreSQL', open: onPostgres },
])('the store in $database', ({ open }) => {
  const openStore = async () => (await open())[0].store;

  it('lists what a filter selects, page by page', async () => {
    const store = await openStore();
    await put(store, statusOf('a_db'));
    await put(
      store,
      statusOf('b_db', {
        environment: 'prod',
        requestId: 'prod-b_db',
        ownerRef: 'group:default/Orders',
        problem: { kind: 'stale', evidence: 'It waits.' },
        component: 'order_service',
      }),
    );
    await put(store, statusOf('c_db', { step: 'rotated' }));
    const select = async (filter: Partial<DatabaseFilter>) => {
      const { items, total } = await store.list({ limit: 100, ...filter });
      expect(total).toBe(items.length);
      return items.map(({ databaseName }) => databaseName).join(' ');
    };
    expect(await select({})).toBe('a_db c_db b_db');
    expect(await select({ environment: 'prod' })).toBe('b_db');
    expect(await select({ owners: ['group:default/orders'] })).toBe('b_db');
    expect(await select({ owners: [] })).toBe('');
    expect(await select({ status: 'stale' })).toBe('b_db');
    expect(await select({ status: 'rotated' })).toBe('c_db');
    expect(await select({ component: 'user-service' })).toBe('a_db c_db');
    expect(await select({ text: 'ORDER' })).toBe('b_db');
    expect(await select({ text: 'r_s' })).toBe('b_db');
    expect(await select({ text: '%' })).toBe('');
    const payments = { ownerRefs: ['group:default/payments'] };
    const orders = { ownerRefs: ['group:default/ORDERS'] };
    expect(await select({ visible: payments })).toBe('a_db c_db');
    expect(await select({ visible: { not: payments } })).toBe('b_db');
    expect(await select({ visible: { anyOf: [payments, orders] } })).toBe(
      'a_db c_db b_db',
    );
    expect(await select({ visible: { allOf: [payments, orders] } })).toBe('');
    expect(await select({ visible: { anyOf: [] } })).toBe('');
    expect(
      await select({
        visible: { anyOf: [{ anyOf: [] }, orders] },
        text: 'jane',
      }),
    ).toBe('b_db');

    const first = await store.list({ limit: 2 });
    expect(first).toMatchObject({ total: 3, items: { length: 2 } });
    const second = await store.list({ limit: 2, cursor: first.nextCursor });
    expect(second.items.map(({ databaseName }) => databaseName)).toEqual([
      'b_db',
    ]);
    expect(second.nextCursor).toBeUndefined();
  });

  it('says when the sources were read last', async () => {
    const store = await openStore();
    await put(store, statusOf('a_db'));
    const key = { environment: 'dev', databaseName: 'a_db' };
    expect((await store.get(key))?.seenAt).toBe(at);
    await store.setSourceRead('catalog', NOW + 5000);
    await store.setSourceProblem('catalog', 'GitHub is down', 0);
    const seenAt = async () =>
      Date.parse((await store.get(key))?.seenAt ?? '') - NOW;
    expect(await seenAt()).toBe(5000);
    // It counts from its first answer.
    await store.setSourceProblem('pull_requests', 'GitHub is down', 0);
    expect(await seenAt()).toBe(5000);
    await store.setSourceRead('pull_requests', NOW + 7000);
    expect(await seenAt()).toBe(5000);
    // Another source goes on while GitHub is down, and changes the status.
    await store.setSourceRead('claims', NOW + 9000);
    await store.change(
      key,
      () => ({
        evidence: {},
        status: statusOf('a_db'),
        transitions: [],
        newsSince: 0,
      }),
      NOW + 9000,
    );
    expect(await seenAt()).toBe(5000);
    await store.setSourceRead('catalog', NOW + 8000);
    expect(await store.get(key)).toEqual({
      ...statusOf('a_db'),
      seenAt: new Date(NOW + 7000).toISOString(),
    });
    await store.setSourceProblem('catalog', 'GitHub is down', 0);
    const [catalog] = (await store.listSources()).filter(
      ({ name }) => name === 'catalog',
    );
    expect([catalog]).toEqual([
      {
        name: 'catalog',
        readAt: NOW + 8000,
        problem: 'GitHub is down',
        notBefore: 0,
      },
    ]);
    expect(
      await store.get({ environment: 'dev', databaseName: 'b_db' }),
    ).toBeUndefined();
  });

  it('gives a look once in ten seconds', async () => {
    const store = await openStore();
    const looks: boolean[] = [];
    for (const ms of [0, 1, 9_999, 10_000, 10_001, 25_000])
      looks.push(await store.claimLook('dev-a_db', NOW + ms));
    expect(looks).toEqual([true, false, false, true, false, true]);
    expect(await store.claimLook('dev-b_db', NOW)).toBe(true);
  });

  it('is not blocked by a look of a replica whose clock is ahead', async () => {
    const store = await openStore();
    const HOUR = 60 * 60_000;
    expect(await store.claimLook('dev-a_db', NOW + HOUR)).toBe(true);
    expect(await store.claimLook('dev-a_db', NOW)).toBe(true);
    expect(await store.claimLook('dev-a_db', NOW + 1)).toBe(false);
    // Clocks differ a little: such a look counts.
    expect(await store.claimLook('dev-b_db', NOW + 9_000)).toBe(true);
    expect(await store.claimLook('dev-b_db', NOW)).toBe(false);
  });

  it('gives a transition to one taker, and again after the lease or a failure', async () => {
    const store = await openStore();
    await put(store, statusOf('a_db'), [
      transitionOf('a_db'),
      transitionOf('a_db', '2'),
    ]);
    const take = async (now: number) =>
      (await store.takeTransitions({ limit: 10, leaseMs: 1000, now })).map(
        ({ key }) => key,
      );
    const [one] = await store.takeTransitions({
      limit: 1,
      leaseMs: 1000,
      now: NOW,
    });
    expect(one.key).toBe('a_db');
    expect(await take(NOW)).toEqual(['a_db2']);
    expect(await take(NOW + 999)).toEqual([]);
    await store.markSent([one.id], NOW);
    expect(await take(NOW + 1000)).toEqual(['a_db2']);
    const [two] = await store.takeTransitions({
      limit: 9,
      leaseMs: 1000,
      now: NOW + 5000,
    });
    await store.postpone([two.id], NOW + 9000);
    expect(await take(NOW + 8999)).toEqual([]);
    expect(await take(NOW + 9000)).toEqual(['a_db2']);
  });

  it('tells nobody of history, and nothing twice', async () => {
    const store = await openStore();
    await put(store, statusOf('a_db'), [transitionOf('a_db')], Infinity);
    await put(store, statusOf('a_db'), [transitionOf('a_db')]);
    expect(
      await store.takeTransitions({ limit: 9, leaseMs: 1, now: NOW }),
    ).toEqual([]);
  });

  it('forgets transitions after 90 days, and tells none of them again', async () => {
    const store = await openStore();
    const day = 24 * 60 * 60_000;
    const found = [transitionOf('a_db')];
    await put(store, statusOf('a_db'), found);
    const take = (now: number) =>
      store.takeTransitions({ limit: 9, leaseMs: 1, now });
    await store.forgetTransitions(NOW + 90 * day);
    expect(await take(NOW + 90 * day)).toHaveLength(1);
    const later = NOW + 91 * day;
    await store.forgetTransitions(later);
    expect(await take(later)).toEqual([]);
    // What the refresh passes: older than seven days is history.
    await put(store, statusOf('a_db'), found, later - 7 * day);
    expect(await take(later)).toEqual([]);
  });

  it('decides again when another replica was faster, and loses no change', async () => {
    const stores = (await open()).map(({ store }) => store);
    const key = { environment: 'dev', databaseName: 'a_db' };
    const add = (store: Store, n: number) =>
      store.change(
        key,
        known => ({
          evidence: {},
          status: statusOf('a_db', {
            links: [
              ...(known?.status.links ?? []),
              { title: String(n), url: 'https://x' },
            ],
          }),
          transitions: [],
          newsSince: 0,
        }),
        NOW,
      );
    await Promise.all(
      [0, 1, 2, 3, 4, 5].map(n => add(stores[n % stores.length], n)),
    );
    expect((await stores[0].get(key))?.links).toHaveLength(6);
  });
});

describe('two replicas on one PostgreSQL', () => {
  it('start for the first time at once', async () => {
    const { replica } = await postgres.schema();
    const [{ client }] = await Promise.all(
      Array.from({ length: 6 }, () => replica()),
    );
    // A second row would keep the lock of the migrations taken for ever.
    expect(
      await client('goldenpath_status_knex_migrations_lock').select(
        'is_locked',
      ),
    ).toEqual([{ is_locked: 0 }]);
  });

  it('look once between them', async () => {
    const [one, two] = await onPostgres();
    const looks = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        (n % 2 ? one : two).store.claimLook('dev-a_db', NOW),
      ),
    );
    expect(looks.filter(Boolean)).toHaveLength(1);
  });

  it('take each transition once between them', async () => {
    const [one, two] = await onPostgres();
    for (const n of Array.from({ length: 30 }, (_, i) => i))
      await put(one.store, statusOf(`d${n}_db`), [transitionOf(`d${n}_db`)]);
    const taken = (
      await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          (n % 2 ? one : two).store.takeTransitions({
            limit: 10,
            leaseMs: 60_000,
            now: NOW,
          }),
        ),
      )
    ).flat();
    expect(new Set(taken.map(({ key }) => key)).size).toBe(taken.length);
    const rest = await two.store.takeTransitions({
      limit: 99,
      leaseMs: 60_000,
      now: NOW,
    });
    expect(taken.length + rest.length).toBe(30);
  });

  it('write a status with its transitions, or neither, when one is killed', async () => {
    const [one, two] = await onPostgres();
    const key = { environment: 'dev', databaseName: 'a_db' };
    const transition = transitionOf('a_db');
    await one.client.raw(
      `CREATE FUNCTION wait() RETURNS trigger AS 'BEGIN PERFORM pg_sleep(0.5); RETURN NEW; END' LANGUAGE plpgsql`,
    );
    await one.client.raw(
      `CREATE TRIGGER wait BEFORE INSERT ON goldenpath_transitions FOR EACH ROW EXECUTE FUNCTION wait()`,
    );
    const killed = put(one.store, statusOf('a_db'), [transition]);
    while (
      (
        await two.client.raw(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'insert into "goldenpath_transitions"%' AND pid <> pg_backend_pid()`,
        )
      ).rowCount === 0
    )
      await new Promise(done => setTimeout(done, 10));
    await expect(killed).rejects.toThrow();
    expect(await two.store.get(key)).toBeUndefined();
    await put(two.store, statusOf('a_db'), [transition]);
    expect(
      await two.store.takeTransitions({ limit: 9, leaseMs: 1, now: NOW }),
    ).toHaveLength(1);
  });
});
