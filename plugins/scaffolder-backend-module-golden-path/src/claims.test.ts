import { newClaims } from './testing/harness';

jest.setTimeout(60_000);

const key = {
  requestId: 'dev-users_db',
  repo: 'github.com/acme/user-service',
  taskId: 't1',
};
const other = { ...key, taskId: 't2' };
const held = { ...key, state: 'held', repoState: 'none', runId: undefined };

describe('claims', () => {
  it('are taken once; the same task takes its own again and finds what it noted', async () => {
    const claims = await newClaims();
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
  it.each(conflicts)('keep another task out: $reason', async taken => {
    const claims = await newClaims();
    await claims.take(key);
    await expect(claims.take(taken)).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('t1'),
    });
    expect(await claims.around(key)).toEqual([held]);
  });

  it('let another task in once they are freed, and the first one out', async () => {
    const claims = await newClaims();
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

  it('keep what a task knows while nobody takes its place', async () => {
    const claims = await newClaims();
    await claims.take(key);
    await claims.setRepoState(key, 'created');
    await claims.free(key);
    expect(await claims.take(key)).toEqual({ ...held, repoState: 'created' });
  });

  it('let one of many in at once', async () => {
    const claims = await newClaims();
    const tasks = Array.from({ length: 8 }, (_, i) => `t${i}`);
    const outcomes = await Promise.allSettled(
      tasks.map(taskId => claims.take({ ...key, taskId })),
    );
    expect(
      outcomes.filter(outcome => outcome.status === 'fulfilled'),
    ).toHaveLength(1);
  });
});
