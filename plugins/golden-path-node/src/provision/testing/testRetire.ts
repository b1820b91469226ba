import { Client } from 'pg';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import { printEvent } from '../decide/report';
import type { Context } from './context';
import { interceptQueries } from './instance';

const PASSWORD = 'secret';

/** Locking roles that no entry declares. Needs an instance of its own: each role of the tests before has no entry in the next. */
export const testRetire = ({ itRuns, on, named, instance, runAs }: Context) => {
  const logIn = (app: TfvarsEntry, username = app.username) =>
    instance().as({ username, password: PASSWORD }, app.databaseName, 'SELECT');
  const stateOf = async (app: TfvarsEntry) => {
    const [role] = await instance().sql(
      `SELECT rolcanlogin AS login FROM pg_roles WHERE rolname = '${app.username}'`,
    );
    const databases = await instance().sql(
      `SELECT 1 FROM pg_database WHERE datname = '${app.databaseName}'`,
    );
    return { canLogin: role?.login, databases: databases.length };
  };
  /** A session that stays open, as an app's pool does. */
  const openSession = async (app: TfvarsEntry, username = app.username) => {
    const { port, ca } = instance();
    const client = new Client({
      host: 'localhost',
      port,
      user: username,
      password: PASSWORD,
      database: app.databaseName,
      ssl: { ca },
    });
    const ended = new Promise<void>(done => client.on('end', () => done()));
    client.on('error', () => undefined);
    await client.connect();
    return { client, ended };
  };
  const wordsOf = ({
    events,
  }: {
    events: Parameters<typeof printEvent>[0][];
  }) => events.flatMap(printEvent).join('\n');

  itRuns.perBoth(
    'tells, shows, locks once, and unlocks what is declared again',
    async () => {
      const env = on();
      const [kept, gone] = ['kept', 'gone'].map(name => named(name));
      for (const app of [kept, gone]) env.putFor(app, PASSWORD);
      await env.run([kept, gone]);
      const clone = `${gone.username}_clone`;
      for (const statement of [
        `CREATE ROLE ${clone} LOGIN PASSWORD '${PASSWORD}'`,
        `GRANT ${gone.username} TO ${clone}`,
        `COMMENT ON ROLE ${clone} IS 'Managed by goldenpath-rds: secret goldenpath/dev/${gone.key}/postgres, version v1, clone of ${gone.username}'`,
      ])
        await instance().as(instance()[runAs], 'postgres', statement);

      // Told, in every mode, and no drift.
      for (const mode of ['apply', 'dry-run', 'check'] as const) {
        const told = await env.run([kept], { mode, strict: true });
        expect(told).toMatchObject({ outcome: 'done', changes: 0 });
        expect(wordsOf(told)).toContain(
          `role ${gone.username}, managed by secret goldenpath/dev/${gone.key}/postgres, has no entry any more, but can still log in. Pull the newest main, then lock it with goldenpath-rds provision --root . --env dev --retire ${gone.databaseName}, or declare it again.`,
        );
        expect(wordsOf(told)).not.toContain(kept.username);
      }

      const sessions = [
        await openSession(gone),
        await openSession(gone, clone),
        await openSession(kept),
      ];
      // Without a name everything that could be locked is told, and nothing is locked.
      for (const mode of ['dry-run', 'apply'] as const) {
        const listed = await env.run([kept], { mode, retire: [] });
        expect(listed).toMatchObject({ outcome: 'done', changes: 0 });
        expect(wordsOf(listed)).toContain(`--retire ${gone.databaseName}`);
      }
      // A wrong name stops the run before its first change, and locks no other.
      for (const mode of ['dry-run', 'apply'] as const)
        await expect(
          env.run([kept], { mode, retire: [gone.databaseName, 'no_such_db'] }),
        ).rejects.toThrow('"no_such_db": no managed role without an entry');
      await expect(
        env.run([kept], { retire: [kept.databaseName] }),
      ).rejects.toThrow('no managed role without an entry');
      expect(await stateOf(gone)).toEqual({ canLogin: true, databases: 1 });

      const retire = [gone.databaseName];
      // An old checkout has no entry of what is newer: only what is named is locked.
      const stale = await env.run([], { mode: 'dry-run', retire });
      expect(stale).toMatchObject({ outcome: 'done', changes: 2 });
      expect(wordsOf(stale)).toContain(`--retire ${kept.databaseName}`);

      const planned = await env.run([kept], { mode: 'dry-run', retire });
      expect(planned).toMatchObject({ outcome: 'done', changes: 2, rows: [] });
      expect(wordsOf(planned)).toContain(
        `lock role ${gone.username} and end 1 connection of it: no entry declares it`,
      );
      expect(await stateOf(gone)).toEqual({ canLogin: true, databases: 1 });

      const locked = await env.run([kept], { retire });
      expect(locked).toMatchObject({ outcome: 'done', changes: 2 });
      expect(
        locked.rows
          .filter(({ action }) => action === 'retire')
          .map(({ database, username, status, message }) => ({
            database,
            username,
            status,
            message,
          })),
      ).toEqual(
        [gone.username, clone].map(username => ({
          database: gone.databaseName,
          username,
          status: 'success',
          message: `lock role ${username} and end 1 connection of it: no entry declares it`,
        })),
      );
      await Promise.all(sessions.slice(0, 2).map(({ ended }) => ended));
      await sessions[2].client.query('SELECT');
      await sessions[2].client.end();
      // The master is a member of neither login by this.
      expect(await stateOf(gone)).toEqual({ canLogin: false, databases: 1 });
      expect(await stateOf(kept)).toEqual({ canLogin: true, databases: 1 });
      for (const username of [gone.username, clone])
        await expect(logIn(gone, username)).rejects.toThrow(
          'is not permitted to log in',
        );

      const again = await env.run([kept], { retire });
      expect(again).toMatchObject({ outcome: 'done', changes: 0 });
      expect(again.rows.map(({ action }) => action)).toEqual(['observe']);
      const checked = await env.run([kept], { mode: 'check', strict: true });
      expect(checked.outcome).toBe('done');
      expect(wordsOf(checked)).toContain(
        `has no entry any more and is locked; it owns ${gone.databaseName}`,
      );

      // Declared again: a plain run unlocks it, with its data.
      expect(await env.run([kept, gone])).toMatchObject({ outcome: 'done' });
      await logIn(gone);
      await expect(env.run([kept, gone], { retire })).rejects.toThrow(
        'no managed role without an entry',
      );
      await logIn(gone);
    },
  );

  itRuns.perMaster(
    'leaves other environments, unmanaged roles and the master alone',
    async () => {
      const env = on();
      const others = [`prod_${runAs}`, `plain_${runAs}`];
      const { username: master } = instance()[runAs];
      for (const statement of [
        ...others.map(name => `CREATE ROLE ${name} LOGIN`),
        `COMMENT ON ROLE ${others[0]} IS 'Managed by goldenpath-rds: secret goldenpath/prod/x/postgres, version v1'`,
        `COMMENT ON ROLE ${master} IS 'Managed by goldenpath-rds: secret goldenpath/dev/x/postgres, version v1'`,
      ])
        await instance().sql(statement);
      try {
        const ran = await env.run([], {
          retire: ['x'],
          failFast: false,
        });
        expect(ran.outcome).toBe('failed');
        expect(wordsOf(ran)).toContain(
          `Role ${master} is the master of the instance and is never locked.`,
        );
        const failed = ran.rows.filter(
          ({ action, status }) => action === 'retire' && status === 'failed',
        );
        expect(failed.map(({ username }) => username)).toEqual([master]);
        const rows = await instance().sql(
          `SELECT rolname FROM pg_roles WHERE rolcanlogin AND rolname = ANY ($1) ORDER BY 1`,
          [[...others, master]],
        );
        expect(rows).toHaveLength(3);
      } finally {
        await instance().sql(`COMMENT ON ROLE ${master} IS NULL`);
      }
    },
  );

  itRuns.perBoth(
    'ends sessions without pg_signal_backend, and stays no member',
    async () => {
      const env = on();
      const app = named('unsignaled');
      env.putFor(app, PASSWORD);
      await env.run([app]);
      const { username: master } = instance()[runAs];
      const membership = `SELECT count(*)::int AS count FROM pg_auth_members a
         WHERE a.roleid = '${app.username}'::regrole AND a.member = '${master}'::regrole`;
      // As a master that was a member only to create the database.
      await instance().sql(
        `DELETE FROM pg_auth_members a WHERE a.roleid = '${app.username}'::regrole AND a.member = '${master}'::regrole AND NOT a.admin_option`,
      );
      await instance().sql(`REVOKE pg_signal_backend FROM rds_superuser`);
      try {
        const [before] = await instance().sql(membership);
        const session = await openSession(app);
        expect(await env.run([], { retire: [app.databaseName] })).toMatchObject(
          {
            outcome: 'done',
          },
        );
        await session.ended;
        expect(await stateOf(app)).toEqual({ canLogin: false, databases: 1 });
        expect(await instance().sql(membership)).toEqual([before]);
      } finally {
        await instance().sql(
          `GRANT pg_signal_backend TO rds_superuser WITH ADMIN OPTION`,
        );
      }
    },
  );

  itRuns.once('records no success that the server does not show', async () => {
    const env = on();
    const app = named('stubborn');
    env.putFor(app, PASSWORD);
    await env.run([app]);
    const connect = interceptQueries(
      env.connections,
      session => async (sql, values) =>
        sql.includes('NOLOGIN') ? [] : session.query(sql, values),
    );
    const ran = await env.run([], { retire: [app.databaseName] }, connect);
    expect(ran.outcome).toBe('failed');
    expect(ran.rows.filter(({ action }) => action === 'retire')).toMatchObject([
      {
        status: 'failed',
        message: expect.stringContaining('the role can still log in'),
      },
    ]);
    expect(await env.run([], { retire: [app.databaseName] })).toMatchObject({
      outcome: 'done',
      changes: 1,
    });
  });

  itRuns.once('locks nothing after a failure, unless told to', async () => {
    const env = on();
    const [bad, gone] = ['broken', 'left'].map(name => named(name));
    env.putFor(gone, PASSWORD);
    await env.run([gone]);
    await instance().sql(`CREATE ROLE ${bad.username}`);
    env.putFor(bad, PASSWORD);
    const retire = [gone.databaseName];
    const stopped = await env.run([bad], { retire });
    expect(stopped.outcome).toBe('failed');
    expect(wordsOf(stopped)).toContain('roles without an entry are not locked');
    expect(await stateOf(gone)).toMatchObject({ canLogin: true });
    await env.run([bad], { retire, failFast: false });
    expect(await stateOf(gone)).toMatchObject({ canLogin: false });
  });
};
