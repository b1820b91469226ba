import { ConfigReader } from '@backstage/config';
import { NotFoundError } from '@backstage/errors';
import { ScaffolderService } from '@backstage/plugin-scaffolder-node';
import { createReadTaskLife } from './taskLife';
import { readTaskRecovery, warnWithoutRecovery } from './taskRecovery';

const NOW = Date.parse('2026-11-26T10:00:00Z');
const off = { isEnabled: false, staleMs: 30_000 };
const on = { isEnabled: true, staleMs: 30_000 };

describe('createReadTaskLife', () => {
  const rows: Array<{
    task: { status: string; seenAgo?: number } | Error;
    recovery?: typeof off;
    state: string;
    reason: string;
  }> = [
    { task: { status: 'completed' }, state: 'completed', reason: 'done' },
    { task: { status: 'failed' }, state: 'over', reason: 'failed' },
    { task: { status: 'cancelled' }, state: 'over', reason: 'cancelled' },
    { task: new NotFoundError('no'), state: 'over', reason: 'deleted' },
    { task: new Error('503'), state: 'unknown', reason: 'no answer' },
    {
      task: { status: 'open', seenAgo: 3_600 },
      state: 'working',
      reason: 'waits for a worker',
    },
    {
      task: { status: 'processing', seenAgo: 29 },
      state: 'working',
      reason: 'seen just now',
    },
    {
      task: { status: 'processing' },
      state: 'working',
      reason: 'never stamped',
    },
    {
      task: { status: 'processing', seenAgo: 31 },
      state: 'silent',
      reason: 'its backend was killed',
    },
    {
      task: { status: 'processing', seenAgo: 80 },
      recovery: on,
      state: 'working',
      reason: 'about to be recovered',
    },
    {
      task: { status: 'processing', seenAgo: 91 },
      recovery: on,
      state: 'silent',
      reason: 'nobody recovers it',
    },
  ];
  it.each(rows)('$state: $reason', async ({ task, recovery = off, state }) => {
    const readTaskLife = createReadTaskLife({
      auth: {
        getOwnServiceCredentials: async () => ({} as never),
      },
      scaffolder: {
        getTask: async () => {
          if (task instanceof Error) throw task;
          return {
            status: task.status,
            lastHeartbeatAt:
              task.seenAgo === undefined
                ? undefined
                : new Date(NOW - task.seenAgo * 1000).toISOString(),
          } as Awaited<ReturnType<ScaffolderService['getTask']>>;
        },
      },
      recovery,
      now: () => new Date(NOW),
    });
    expect((await readTaskLife('t1')).state).toBe(state);
  });
});

describe('readTaskRecovery', () => {
  const read = (scaffolder?: object) =>
    readTaskRecovery(new ConfigReader(scaffolder ? { scaffolder } : {}));

  it('has the defaults of the scaffolder', () => {
    expect(read()).toEqual(off);
  });

  it('reads both names of the keys', () => {
    expect(
      read({ taskRecovery: { enabled: true, staleTimeout: { seconds: 2 } } }),
    ).toEqual({ isEnabled: true, staleMs: 2_000 });
    expect(
      read({
        EXPERIMENTAL_recoverTasks: true,
        EXPERIMENTAL_recoverTasksTimeout: { minutes: 1 },
      }),
    ).toEqual({ isEnabled: true, staleMs: 60_000 });
  });

  it('warns only when it is off', () => {
    const warnings: string[] = [];
    const logger = { warn: (message: string) => warnings.push(message) };
    warnWithoutRecovery(on, logger);
    expect(warnings).toEqual([]);
    warnWithoutRecovery(off, logger);
    expect(warnings).toEqual([
      expect.stringContaining('scaffolder.taskRecovery.enabled is off'),
    ]);
  });
});
