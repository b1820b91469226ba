import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresVersion } from '@goldenpath/local-postgres';
import { until } from '../../../../../tests/support/platform';
import { connectPostgres } from '../../adapters/postgres/connectPostgres';
import { ADMIN_OPTION_VERSION } from '../decide/observation';
import type { Context } from './context';
import { startWaiting } from './startWaiting';
import {
  entry,
  environmentOn,
  interceptQueries,
  isCreatingDatabase,
} from './instance';

const TRANSACTION_TIMEOUT_VERSION = 17;

/** Behaviour that doesn't depend on the kind of master. */
export const testMasterRole = (
  { instance, itRuns }: Pick<Context, 'instance' | 'itRuns'>,
  version: PostgresVersion,
) => {
  describe('with roles that another master created', () => {
    const restored = async () => {
      const env = environmentOn(instance(), instance().master);
      const app = entry('restored');
      env.putFor(app, 'secret');
      await instance().sql(`CREATE ROLE ${app.username} LOGIN`);
      return { env, app };
    };
    if (version < ADMIN_OPTION_VERSION) {
      itRuns.perVersion(
        'adopts them: CREATEROLE is enough before PostgreSQL 16',
        async () => {
          const { env, app } = await restored();
          expect(await env.run([app], { adopt: true })).toMatchObject({
            outcome: 'done',
          });
        },
      );
    } else {
      itRuns.perVersion('prints the GRANT to run by hand', async () => {
        const { env, app } = await restored();
        const { databases } = await env.run([app], { adopt: true });
        expect(databases[0].problems[0]).toContain(
          `GRANT "${app.username}" TO "goldenpath_master" WITH ADMIN OPTION;`,
        );
        await instance().sql(
          `GRANT "${app.username}" TO "goldenpath_master" WITH ADMIN OPTION`,
        );
        expect(await env.run([app], { adopt: true })).toMatchObject({
          outcome: 'done',
        });
      });
    }

    itRuns.once('explains that the master password is wrong', async () => {
      const env = environmentOn(instance(), {
        ...instance().master,
        password: 'wrong',
      });
      await expect(env.run([])).rejects.toThrow(
        /rejects the password of the master "goldenpath_master" from secret goldenpath\/dev\/rds\/master/,
      );
    });

    itRuns.once('ignores timeouts set for the master', async () => {
      const timeouts = {
        statement_timeout: '1ms',
        // Shorter, it could end a session before its first statement.
        idle_session_timeout: '100ms',
      };
      const env = environmentOn(instance(), instance().master);
      const apps = Array.from({ length: 4 }, (_, n) => entry(`hurried${n}`));
      for (const app of apps) env.putFor(app, 'secret');
      try {
        for (const [name, time] of Object.entries(timeouts))
          await instance().sql(
            `ALTER ROLE goldenpath_master SET ${name} = '${time}'`,
          );
        expect(await env.run(apps, { concurrency: 1 })).toMatchObject({
          outcome: 'done',
        });
      } finally {
        for (const name of Object.keys(timeouts))
          await instance().sql(`ALTER ROLE goldenpath_master RESET ${name}`);
      }
    });

    if (version >= TRANSACTION_TIMEOUT_VERSION) {
      itRuns.perVersion(
        'ignores transaction_timeout, in the wait for the lock and in CREATE DATABASE',
        async () => {
          // Waits longer than the timeout; a slower machine waits longer still.
          const longerThanThat = () => sleep(1200);
          const env = environmentOn(instance(), instance().master);
          const app = entry('unhurried');
          env.putFor(app, 'secret');
          const other = await instance().connectAsSuperuser();
          try {
            await instance().sql(
              `ALTER ROLE goldenpath_master SET transaction_timeout = '1s'`,
            );
            await other.query(
              'SELECT pg_advisory_lock(1735355492, 1885434984)',
            );
            // CREATE DATABASE waits for a session that comments on its template.
            await other.query('BEGIN');
            await other.query(`COMMENT ON DATABASE template0 IS 'blocked'`);
            const { ended } = await startWaiting(more =>
              env.run([app], {}, undefined, more),
            );
            await longerThanThat();
            await other.query('SELECT pg_advisory_unlock_all()');
            await until(
              () => isCreatingDatabase(instance()),
              'CREATE DATABASE to wait',
            );
            await longerThanThat();
            await other.query('ROLLBACK');
            expect(await ended).toMatchObject({ outcome: 'done' });
          } finally {
            await other.end();
            await instance().sql(
              'ALTER ROLE goldenpath_master RESET transaction_timeout',
            );
          }
        },
      );
    }

    itRuns.once('explains a rejected query', async () => {
      const env = environmentOn(instance(), instance().master);
      const connect = interceptQueries(
        env.connections,
        session => (sql, values) =>
          session.query(
            sql.includes('advisory_unlock') ? 'SELECT 1/0' : sql,
            values,
          ),
      );
      await expect(env.run([], {}, connect)).rejects.toMatchObject({
        name: 'ServiceUnavailableError',
        message: expect.stringMatching(
          /^localhost:\d+ rejected a query: division by zero\. Earlier changes are kept\. Run it again/,
        ),
      });
    });

    itRuns.once('fails a change that an open transaction blocks', async () => {
      const env = environmentOn(instance(), instance().master);
      const app = entry('held');
      env.putFor(app, 'secret');
      await env.run([app]);
      env.putFor(app, 'another', 'v2');
      const impatient = connectPostgres({
        ca: instance().ca,
        blockedTimeoutMs: 50,
      });
      const holder = await instance().connectAsSuperuser();
      try {
        await holder.query('BEGIN');
        await holder.query(`ALTER ROLE ${app.username} CONNECTION LIMIT 5`);
        const { databases } = await env.run([app], {}, impatient);
        expect(databases[0].problems).toEqual([
          expect.stringMatching(
            /^could not set the password of held_user: .*lock timeout.*pg_stat_activity/,
          ),
        ]);
        await holder.query('ROLLBACK');
      } finally {
        await holder.end();
      }
      expect(await env.run([app])).toMatchObject({ outcome: 'done' });
    });

    itRuns.once(
      'reports a lost connection when an administrator ends the session',
      async () => {
        const env = environmentOn(instance(), instance().master);
        const connect = interceptQueries(
          env.connections,
          session => (sql, values) =>
            sql.includes('pg_try_advisory_lock')
              ? session.query('SELECT pg_terminate_backend(pg_backend_pid())')
              : session.query(sql, values),
        );
        await expect(env.run([], {}, connect)).rejects.toMatchObject({
          name: 'ServiceUnavailableError',
          message: expect.stringMatching(
            /^The connection to localhost:\d+ is lost: terminating connection due to administrator command/,
          ),
        });
      },
    );

    itRuns.perVersion('treats a warning of REVOKE as an error', async () => {
      const env = environmentOn(instance(), instance().master);
      const session = await env.openSession('test');
      try {
        await expect(
          session.query('REVOKE CONNECT ON DATABASE postgres FROM PUBLIC'),
        ).rejects.toMatchObject({ name: 'SqlError', sqlState: '01006' });
      } finally {
        await session.close();
      }
    });

    itRuns.once(
      'names host and cause when the certificate is not trusted',
      async () => {
        await expect(
          connectPostgres()({
            host: 'localhost',
            port: instance().port,
            database: 'postgres',
            ...instance().master,
            applicationName: 'test',
            settings: 'own',
          }),
        ).rejects.toThrow(
          /localhost:\d+: the server's certificate is not trusted .*--ca-file/,
        );
      },
    );
  });
};
