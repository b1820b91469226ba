import { inspectUsage } from '../act/inspectUsage';
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

      const least = await sizeOnServer();
      const before = await inspect();
      const most = await sizeOnServer();
      expect(before).toMatchObject({
        observedAt: '2026-11-26T10:00:00.000Z',
        connections: 0,
        sessions: [],
        lastStateChange: undefined,
        countedSince: undefined,
      });
      // The size is the server's own, which may grow from one reading to the next.
      if (before.sizeBytes === undefined) expect(runAs).toBe('master');
      else {
        expect(before.sizeBytes).toBeGreaterThanOrEqual(least);
        expect(before.sizeBytes).toBeLessThanOrEqual(most);
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
