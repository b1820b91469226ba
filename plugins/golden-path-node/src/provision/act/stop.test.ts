import { listening } from '../../testing/listening';
import { listCatalogStatuses } from '../decide/report';
import type { Connect } from '../ports';
import { entry, environmentOn, provideInstance } from '../testing/instance';

const instance = provideInstance();

describe('a stopped run', () => {
  const env = () => environmentOn(instance(), instance().master);
  const declared = (name: string, on: ReturnType<typeof env>) => {
    const database = entry(name);
    on.putFor(database, name);
    return database;
  };
  /** Counts connection attempts, and sends one of them to another port. */
  const divert = (
    connections: Connect,
    to: { attempt: number; port: number },
  ) => {
    const attempts: string[] = [];
    const connect: Connect = target => {
      attempts.push(target.username);
      return connections(
        attempts.length === to.attempt ? { ...target, port: to.port } : target,
      );
    };
    return { attempts, connect };
  };

  it.each([
    { attempt: 1, reason: 'the first one of the master' },
    { attempt: 2, reason: 'the one beside the lock' },
    { attempt: 3, reason: 'the login of a role' },
  ])('ends at once before the first change: $reason', async ({ attempt }) => {
    const on = env();
    const made = declared('made_db', on);
    await on.run([made]);
    const from = on.rows.length;
    const stop = new AbortController();
    await listening(
      () => stop.abort(),
      async port => {
        const { attempts, connect } = divert(on.connections, {
          attempt,
          port,
        });
        await expect(
          on.run([made], { signal: stop.signal }, connect),
        ).rejects.toMatchObject({
          name: 'ServiceUnavailableError',
          message: expect.stringContaining(`${port}: stopped while connecting`),
        });
        expect(attempts).toHaveLength(attempt);
      },
    );
    expect(on.rows.slice(from)).toMatchObject([
      { action: 'observe', status: 'failed' },
    ]);
    expect(await on.run([made])).toMatchObject({ changes: 0 });
  });

  it('opens no connection for changes, and reports what is left', async () => {
    const on = env();
    const databases = ['begun_db', 'late_db'].map(name => declared(name, on));
    const stop = new AbortController();
    await listening(
      () => stop.abort(),
      async port => {
        const { connect } = divert(on.connections, { attempt: 3, port });
        const { outcome, databases: results } = await on.run(
          databases,
          { signal: stop.signal },
          connect,
        );
        expect(outcome).toBe('failed');
        expect(results[1]).toMatchObject({
          database: 'late_db',
          outcome: 'stopped',
          changes: 0,
        });
      },
    );
    expect(await on.run(databases)).toMatchObject({ outcome: 'done' });
  });

  it('ends a confirming login that is under way, and calls nothing done that it did not see', async () => {
    const on = env();
    const database = declared('unseen_db', on);
    const stop = new AbortController();
    await listening(
      () => stop.abort(),
      async port => {
        const { connect } = divert(on.connections, { attempt: 3, port });
        const { rows, ...result } = await on.run(
          [database],
          { signal: stop.signal },
          connect,
        );
        expect(result).toMatchObject({
          outcome: 'failed',
          changes: 6,
          databases: [
            {
              outcome: 'unchecked',
              problems: [
                'login not checked: the run was stopped before it. Run it again.',
              ],
            },
          ],
        });
        expect(listCatalogStatuses(result.databases)).toEqual({});
        expect(rows.at(-1)).toMatchObject({
          action: 'observe',
          status: 'failed',
          message:
            '0 databases checked, 6 changes applied, 1 not checked: unseen_db',
        });
      },
    );
    expect(await on.run([database])).toMatchObject({
      outcome: 'done',
      changes: 0,
    });
  });

  it('finishes its step and skips the confirming logins', async () => {
    const on = env();
    const databases = ['half_db', 'none_db'].map(name => declared(name, on));
    const stop = new AbortController();
    const { attempts, connect } = divert(on.connections, {
      attempt: 0,
      port: 0,
    });
    const { outcome, rows } = await on.run(
      databases,
      { signal: stop.signal, concurrency: 1 },
      connect,
      { onEvent: event => event.type === 'change' && stop.abort() },
    );
    expect(outcome).toBe('failed');
    expect(rows[0]).toMatchObject({ action: 'create_role', status: 'success' });
    expect(new Set(attempts)).toEqual(new Set([instance().master.username]));
    expect(await on.run(databases)).toMatchObject({ outcome: 'done' });
    expect(await on.run(databases)).toMatchObject({ changes: 0 });
  });
});
