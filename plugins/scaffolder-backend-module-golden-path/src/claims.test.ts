import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { DatabaseRequest } from '@goldenpath/plugin-golden-path-common';
import knexFactory, { Knex } from 'knex';
import { Claims } from './claims';
import { exampleRequest } from './actions/exampleRequest';
import { newClaims } from './testing/harness';
import { newSqlite } from './testing/sqlite';
import { startTemporaryPostgres } from '../../../tests/support/temporaryPostgres';

const key = {
  requestId: 'dev-users_db',
  repo: 'github.com/acme/user-service',
  taskId: 't1',
};
const other = { ...key, taskId: 't2' };
const held = {
  ...key,
  state: 'held',
  repoState: 'none',
  runId: undefined,
  startedBy: 't1',
  runBy: 't1',
  createdAt: expect.any(Date),
  request: undefined,
  pullRequestUrl: undefined,
};

const request = exampleRequest as DatabaseRequest;

/** One schema per test, as Backstage has one per plugin. */
const postgresSchemas = () => {
  let postgres: Awaited<ReturnType<typeof startTemporaryPostgres>>;
  const clients: Knex[] = [];
  return {
    start: async () => {
      postgres = await startTemporaryPostgres();
    },
    client: async (): Promise<Knex> => {
      const schema = `s${clients.length}`;
      const client = knexFactory({
        client: 'pg',
        searchPath: [schema],
        connection: {
          host: postgres.host,
          port: postgres.port,
          user: postgres.databases.backstage.username,
          password: postgres.databases.backstage.password,
          database: 'backstage',
          ssl: { ca: postgres.ca },
        },
      });
      clients.push(client);
      await client.raw(`CREATE SCHEMA ${schema}`);
      return client;
    },
    stop: async () => {
      for (const client of clients) await client.destroy();
      await postgres.stop();
    },
  };
};
const sqlite = {
  start: async () => {},
  client: async () => newSqlite(),
  stop: async () => {},
};

describe.each([
  { database: 'SQLite', ...sqlite },
  { database: 'PostgreSQL', ...postgresSchemas() },
])('claims in $database', ({ start, client, stop }) => {
  const emptyClaims = async (): Promise<Claims> => newClaims(await client());

  beforeAll(start);
  afterAll(stop);

  it('are taken once; the same task takes its own again, with its data', async () => {
    const claims = await emptyClaims();
    expect(await claims.take(key)).toEqual(held);
    await claims.setRun(key, 9_007_199_254);
    await claims.setRepoState(key, 'created');
    expect(await claims.take(key)).toEqual({
      ...held,
      runId: 9_007_199_254,
      repoState: 'created',
    });
    expect(await claims.around(key)).toHaveLength(1);
  });

  const conflicts = [
    { ...other, reason: 'the same request and repository' },
    {
      ...other,
      repo: 'github.com/acme/else',
      reason: 'the same request only',
    },
    { ...other, requestId: 'dev-else', reason: 'the same repository only' },
  ];
  it.each(conflicts)('reject another task: $reason', async taken => {
    const claims = await emptyClaims();
    await claims.take(key);
    await expect(claims.take(taken)).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('t1'),
    });
    expect(await claims.around(key)).toEqual([held]);
  });

  it('pass to another task after they are freed', async () => {
    const claims = await emptyClaims();
    await claims.take(key);
    await claims.free(key);
    expect(await claims.take(other)).toEqual({
      ...held,
      taskId: 't2',
      startedBy: 't2',
      runBy: 't2',
    });
    await expect(claims.take(key)).rejects.toMatchObject({
      name: 'ConflictError',
    });
    await expect(claims.setRun(key, 1)).rejects.toMatchObject({
      name: 'ConflictError',
    });
  });

  it('keep their data until another task takes them', async () => {
    const claims = await emptyClaims();
    await claims.take(key);
    await claims.setRepoState(key, 'created');
    await claims.free(key);
    expect(await claims.take(key)).toEqual({ ...held, repoState: 'created' });
  });

  it('keep the time of the first take', async () => {
    const claims = await emptyClaims();
    const { createdAt } = await claims.take(key);
    await claims.free(key);
    expect((await claims.take(key)).createdAt).toEqual(createdAt);
    expect(Math.abs(Date.now() - createdAt.getTime())).toBeLessThan(60_000);
  });

  it('stay done, and exclude no other task', async () => {
    const claims = await emptyClaims();
    await claims.take(key);
    await claims.setDone(key, 'http://x/pull/1');
    await claims.free(key);
    const done = { ...held, state: 'done', pullRequestUrl: 'http://x/pull/1' };
    expect(await claims.take(key)).toEqual(done);
    await claims.take(other);
    expect(await claims.take(key)).toEqual(done);
    await claims.setRepoState(key, 'published');
    expect(await claims.get(key)).toEqual({ ...done, repoState: 'published' });
  });

  it('are taken over with all that was begun, by one task', async () => {
    const claims = await emptyClaims();
    await claims.take({ ...key, request });
    await claims.setRun(key, 7);
    await claims.setRepoState(key, 'creating');
    const from = (await claims.get(key))!;
    const by = { ...other, request: { ...request, requestedBy: 'joe' } };
    const outcomes = await Promise.allSettled(
      ['t2', 't3', 't4'].map(taskId =>
        claims.takeOver({ ...by, taskId }, from, { needsNewRun: false }),
      ),
    );
    const [taken, ...more] = outcomes.flatMap(one =>
      one.status === 'fulfilled' ? [one.value] : [],
    );
    expect(more).toEqual([]);
    expect(taken).toEqual({
      ...from,
      taskId: taken.taskId,
      request: by.request,
    });
    expect(await claims.get(taken)).toEqual(taken);
    for (const late of [claims.take(key), claims.setRun(key, 8)])
      await expect(late).rejects.toMatchObject({ name: 'ConflictError' });
    // A third task takes over from the second: the names stay the first one's.
    const again = await claims.takeOver({ ...by, taskId: 't5' }, taken, {
      needsNewRun: true,
    });
    expect(again).toEqual({
      ...taken,
      taskId: 't5',
      runBy: 't5',
      runId: undefined,
    });
  });

  it('accept one of many concurrent tasks', async () => {
    const claims = await emptyClaims();
    const tasks = Array.from({ length: 8 }, (_, i) => `t${i}`);
    const outcomes = await Promise.allSettled(
      tasks.map(taskId => claims.take({ ...key, taskId })),
    );
    expect(
      outcomes.filter(outcome => outcome.status === 'fulfilled'),
    ).toHaveLength(1);
  });

  it('of the older table are kept, and go back', async () => {
    const knex = await client();
    const migrations = {
      directory: resolvePackagePath(
        '@goldenpath/plugin-scaffolder-backend-module-golden-path',
        'migrations',
      ),
      tableName: 'goldenpath_knex_migrations',
    };
    await knex.migrate.up(migrations);
    const row = {
      request_id: key.requestId,
      repo: key.repo,
      task_id: key.taskId,
      state: 'held',
      repo_state: 'created',
      run_id: '7',
    };
    await knex('goldenpath_claims').insert(row);
    const inserted = Date.now();
    const claims = await newClaims(knex);
    const kept = { ...held, runId: 7, repoState: 'created' };
    expect(await claims.take(key)).toEqual(kept);
    const { createdAt } = (await claims.get(key))!;
    expect(Math.abs(createdAt.getTime() - inserted)).toBeLessThan(60_000);
    await knex.migrate.down(migrations);
    expect(await knex('goldenpath_claims').select(Object.keys(row))).toEqual([
      row,
    ]);
  });
});
