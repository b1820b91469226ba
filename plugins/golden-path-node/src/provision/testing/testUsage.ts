import { inspectUsage } from '../act/inspectUsage';
import { until } from '../../../../../tests/support/platform';
import type { Context } from './context';

/** What can be seen of a database's use. */
export const testUsage = ({ itRuns, on, named, instance, runAs }: Context) =>
  describe('the use of a database', () => {
    itRuns.once('size, connections and counters, read-only', async () => {
      const environment = on();
      const app = named('usage_db');
      environment.putFor(app, 'secret');
      await environment.run([app]);
      const ports = {
        secrets: {
          read: async (paths: readonly string[]) =>
            paths.map(path => ({ path, ...environment.secrets.get(path)! })),
        },
        connect: environment.connections,
        now: () => new Date('2026-11-26T10:00:00Z'),
      };
      const inspect = (databaseName = app.databaseName) =>
        inspectUsage({ environment: 'dev', databaseName }, ports);
      const login = { username: app.username, password: 'secret' };

      const sizeOnServer = async (): Promise<number> => {
        const [{ size }] = await instance().sql(
          `SELECT pg_database_size('${app.databaseName}')::int AS size`,
        );
        return size;
      };

      const hasClients = async (): Promise<boolean> => {
        const found = await instance().sql(
          `SELECT 1 FROM pg_stat_activity
            WHERE datname = '${app.databaseName}' AND backend_type = 'client backend'`,
        );
        return found.length > 0;
      };

      await instance().as(
        instance().superuser,
        app.databaseName,
        `CREATE TABLE filler AS SELECT repeat('x', 1000) FROM generate_series(1, 10000)`,
      );
      await until(
        async () => !(await hasClients()),
        'the end of the session that wrote the table',
      );
      const before = await inspect();
      expect(before).toMatchObject({
        observedAt: '2026-11-26T10:00:00.000Z',
        connections: 0,
        sessions: [],
        lastStateChange: undefined,
        countedSince: undefined,
      });
      // PostgreSQL removes and writes its relation cache (pg_internal.init, 160 KB) as it likes.
      if (before.sizeBytes === undefined) expect(runAs).toBe('master');
      else {
        const difference = before.sizeBytes - (await sizeOnServer());
        expect(Math.abs(difference)).toBeLessThan(1_000_000);
      }

      const { host, port } = instance();
      const open = await environment.connections({
        host,
        port,
        database: app.databaseName,
        ...login,
        applicationName: 'gunicorn',
        settings: 'own',
      });
      try {
        await open.query('SELECT 1');
        const during = await inspect();
        expect(during).toMatchObject({
          connections: 1,
          sessions: [{ role: app.username, application: 'gunicorn', count: 1 }],
        });
      } finally {
        await open.close();
      }
      await expect(inspect('no_such_db')).rejects.toMatchObject({
        name: 'NotFoundError',
        message: `${host}:${port} has no database "no_such_db".`,
      });
    });
  });
