import type { ProvisionEvent } from '../decide/events';
import type { Context } from './context';
import { interceptQueries } from './instance';

/** Waiting for the lock, progress, and what ends a run early. */
export const testCourseOfRun = ({ instance, on, named, itRuns }: Context) => {
  itRuns.once('names the holder of the lock when it times out', async () => {
    const env = on();
    const holder = await env.openSession('goldenpath-rds other run');
    try {
      await holder.query('SELECT pg_advisory_lock(1735355492, 1885434984)');
      const waiting = env.run([], { lockTimeoutMs: 100 });
      await expect(waiting).rejects.toThrow(
        /still holds the lock .*goldenpath-rds other run/,
      );
    } finally {
      await holder.close();
    }
  });

  itRuns.once(
    'stops at once while it waits for the lock, after naming its holder',
    async () => {
      const env = on();
      const holder = await env.openSession('goldenpath-rds dev 41');
      const stop = new AbortController();
      const events: ProvisionEvent[] = [];
      try {
        await holder.query('SELECT pg_advisory_lock(1735355492, 1885434984)');
        const waiting = env.run([], { signal: stop.signal }, undefined, {
          onEvent: event => {
            events.push(event);
            if (event.type === 'waiting') setImmediate(() => stop.abort());
          },
        });
        await expect(waiting).rejects.toThrow(
          'Stopped while waiting for another run. Nothing was changed.',
        );
      } finally {
        await holder.close();
      }
      expect(events.filter(({ type }) => type === 'waiting')).toEqual([
        {
          type: 'waiting',
          pid: expect.any(Number),
          application: 'goldenpath-rds dev 41',
          address: expect.stringMatching(/127\.0\.0\.1|::1/),
          connectedSeconds: expect.any(Number),
          waitedSeconds: expect.any(Number),
        },
      ]);
      expect(await env.run([])).toMatchObject({ outcome: 'done' });
    },
  );

  itRuns.once('reports progress, phase by phase', async () => {
    const env = on();
    const apps = ['far1', 'far2'].map(name => named(name));
    for (const app of apps) env.putFor(app, app.key);
    const { events } = await env.run(apps, { concurrency: 1 });
    const steps = events.flatMap(event =>
      event.type === 'progress'
        ? [
            `${event.phase} ${event.done}/${event.total} ${event.underway}`.trim(),
          ]
        : [],
    );
    const [one, two] = apps.map(({ databaseName }) => databaseName);
    expect(steps).toEqual([
      'secrets 0/3',
      ...['apply', 'verify'].flatMap(phase => [
        `${phase} 0/2`,
        `${phase} 0/2 ${one}`,
        `${phase} 1/2`,
        `${phase} 1/2 ${two}`,
        `${phase} 2/2`,
      ]),
    ]);
  });

  itRuns.once('changes nothing when the audit is not writable', async () => {
    const env = on();
    const app = named('unaudited');
    env.putFor(app, 'secret');
    const before = instance().log().length;
    await expect(
      env.run([app], {}, undefined, {
        prepareAudit: () => Promise.reject(new Error('a full disk')),
      }),
    ).rejects.toThrow('a full disk');
    expect(instance().log().slice(before)).not.toContain('statement:');
    expect(env.rows).toEqual([]);
  });

  itRuns.once(
    'stops when the connection that holds the lock dies',
    async () => {
      const env = on();
      const app = named('lockless');
      env.putFor(app, 'secret');
      const connect = interceptQueries(
        env.connections,
        session => async (sql, values) => {
          if (sql.startsWith('CREATE DATABASE')) {
            await instance().sql(
              `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock'`,
            );
          }
          return session.query(sql, values);
        },
      );
      await expect(env.run([app], {}, connect)).rejects.toThrow(
        'The connection that held the lock is lost',
      );
      expect(await env.run([app])).toMatchObject({ outcome: 'done' });
    },
  );
};
