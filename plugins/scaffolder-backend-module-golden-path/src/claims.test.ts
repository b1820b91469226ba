import knexFactory, { Knex } from 'knex';
import { Claims } from './claims';
import { newClaims } from './testing/harness';
import { startTemporaryPostgres } from '../../../tests/support/temporaryPostgres';

const key = {
  requestId: 'dev-users_db',
  repo: 'github.com/acme/user-service',
  taskId: 't1',
};
const other = { ...key, taskId: 't2' };
const held = { ...key, state: 'held', repoState: 'none', runId: undefined };

/** One schema per test, as Backstage has one per plugin. */
const postgresSchemas = () => {
  let postgres: Awaited<ReturnType<typeof startTemporaryPostgres>>;
  const clients: Knex[] = [];
  return {
    start: async () => {
      postgres = await startTemporaryPostgres();
    },
    claims: async (): Promise<Claims> => {
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
      return newClaims(client);
    },
    stop: async () => {
      for (const client of clients) await client.destroy();
      await postgres.stop();
    },
  };
};
const sqlite = {
  start: async () => {},
  claims: newClaims,
  stop: async () => {},
};

describe.each([
  { database: 'SQLite', ...sqlite },
  { database: 'PostgreSQL', ...postgresSchemas() },
])('claims in $database', ({ start, claims: emptyClaims, stop }) => {
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
    expect(await claims.take(other)).toEqual({ ...held, taskId: 't2' });
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
});
