import type { PostgresVersion } from '@goldenpath/local-postgres';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import { listCatalogStatuses } from '../decide/report';
import type { Context } from './context';

const PASSWORD = 'the right one';
const LOGIN_TRIGGER_VERSION = 17;

/** What a login that fails means, and that a login of ours changes nothing. */
export const testLogins = (
  { runAs, instance, on, named, itRuns }: Context,
  version: PostgresVersion,
) => {
  const made = async (name: string, more: Partial<TfvarsEntry> = {}) => {
    const env = on();
    const app = named(name, more);
    env.putFor(app, PASSWORD);
    expect(await env.run([app])).toMatchObject({ outcome: 'done' });
    return {
      env,
      app,
      login: { username: app.username, password: PASSWORD },
      check: () => env.run([app], { mode: 'check' }),
    };
  };
  const openSession = async ({ databaseName, username }: TfvarsEntry) =>
    on().connections({
      host: instance().host,
      port: instance().port,
      database: databaseName,
      username,
      password: PASSWORD,
      applicationName: 'the app',
      settings: 'own',
    });

  itRuns.once(
    'a limit of the database that keeps the app out is drift, and its remedy works (supabase #43855)',
    async () => {
      const { env, app, login, check } = await made('limited');
      const { databaseName, username } = app;
      for (const { limit, sessions } of [
        { limit: 0, sessions: 0 },
        { limit: 1, sessions: 1 },
      ]) {
        await instance().sql(
          `ALTER DATABASE ${databaseName} CONNECTION LIMIT ${limit}`,
        );
        const held = sessions > 0 ? await openSession(app) : undefined;
        const sql = `ALTER DATABASE "${databaseName}" CONNECTION LIMIT -1;`;
        const { outcome, databases, events } = await check();
        expect(outcome).toBe('drift');
        expect(databases[0].problems).toEqual([
          expect.stringContaining(
            `${username} can run in database postgres: ${sql}`,
          ),
        ]);
        expect(events).toContainEqual({
          type: 'plan',
          databases: [
            expect.objectContaining({
              remedies: [{ role: username, database: 'postgres', sql }],
            }),
          ],
        });
        // A run doesn't change what the entry doesn't declare.
        expect(await env.run([app])).toMatchObject({
          outcome: 'failed',
          changes: 0,
        });
        await instance().as(login, 'postgres', sql);
        expect(await check()).toMatchObject({ outcome: 'done' });
        await held?.close();
      }
    },
  );

  itRuns.once(
    'a limit of the database that has room is told, and no drift',
    async () => {
      const { app, check } = await made('roomy');
      await instance().sql(
        `ALTER DATABASE ${app.databaseName} CONNECTION LIMIT 5`,
      );
      const { outcome, events } = await check();
      expect(outcome).toBe('done');
      expect(JSON.stringify(events)).toContain('has CONNECTION LIMIT 5');
    },
  );

  itRuns.perVersion(
    'a database that takes no connections is drift, and its remedy works',
    async () => {
      const { app, login, check } = await made('shut');
      await instance().sql(
        `ALTER DATABASE ${app.databaseName} ALLOW_CONNECTIONS false`,
      );
      const { outcome, databases } = await check();
      expect(outcome).toBe('drift');
      expect(databases[0].problems).toHaveLength(1);
      const [, sql] = /postgres: (ALTER.*)$/.exec(databases[0].problems[0])!;
      await instance().as(login, 'postgres', sql);
      expect(await check()).toMatchObject({ outcome: 'done' });
    },
  );

  itRuns.once(
    "the role's limit is repaired where it isn't declared, and not checked where it is used up as declared",
    async () => {
      const { env, app, check } = await made('declared', {
        connectionLimit: 1,
      });
      await instance().sql(`ALTER ROLE ${app.username} CONNECTION LIMIT 0`);
      expect(await check()).toMatchObject({ outcome: 'drift' });
      expect(await env.run([app])).toMatchObject({
        outcome: 'done',
        changes: 1,
      });
      const held = await openSession(app);
      try {
        for (const mode of ['check', 'apply'] as const) {
          const { outcome, databases, rows } = await env.run([app], { mode });
          expect(outcome).toBe('failed');
          expect(databases).toMatchObject([
            {
              outcome: 'unchecked',
              problems: [
                `login not checked: the CONNECTION LIMIT 1 of ${app.username}, as its entry declares it, is used up by 1 sessions`,
              ],
            },
          ]);
          expect(listCatalogStatuses(databases)).toEqual({});
          if (mode === 'apply') {
            expect(rows.at(-1)).toMatchObject({
              status: 'failed',
              message: expect.stringContaining(
                `1 not checked: ${app.databaseName}`,
              ),
            });
          }
        }
      } finally {
        await held.close();
      }
      expect(await check()).toMatchObject({ outcome: 'done' });
    },
  );

  itRuns.once(
    'drift that was seen does not hide what was not checked',
    async () => {
      const { env, app } = await made('unseen', { connectionLimit: 1 });
      const other = named('seen');
      env.putFor(other, PASSWORD);
      await env.run([app, other]);
      await instance().sql(`ALTER ROLE ${other.username} CREATEDB`);
      const held = await openSession(app);
      try {
        const { outcome, databases } = await env.run([app, other], {
          mode: 'check',
        });
        expect(outcome).toBe('failed');
        expect(databases.map(one => one.outcome)).toEqual([
          'unchecked',
          'drifted',
        ]);
      } finally {
        await held.close();
      }
    },
  );

  itRuns.perMaster(
    'gives no role options of ours at its login, nor those of the environment',
    async () => {
      const before = process.env.PGOPTIONS;
      process.env.PGOPTIONS = '-c statement_timeout=1';
      try {
        const { app } = await made('optionless');
        const session = await openSession(app);
        try {
          expect(await session.query('SHOW statement_timeout')).toEqual([
            { statement_timeout: '0' },
          ]);
        } finally {
          await session.close();
        }
      } finally {
        if (before === undefined) delete process.env.PGOPTIONS;
        else process.env.PGOPTIONS = before;
      }
    },
  );

  itRuns.once(
    'works whatever settings the master has, and reads in spite of those of the app',
    async () => {
      const { env, app, check } = await made('settings');
      const { username: master } = instance()[runAs];
      const group = `settings_group_${runAs}`;
      await instance().sql(`CREATE ROLE ${group}`);
      await instance().sql(`GRANT ${group} TO ${master}`);
      const settings = [
        `role = ${group}`,
        `search_path = hostile, public`,
        `statement_timeout = '1ms'`,
        `lock_timeout = '1ms'`,
        `default_transaction_read_only = on`,
        `default_transaction_isolation = serializable`,
        `client_min_messages = debug5`,
      ];
      const namesOf = settings.map(setting => setting.split(' ')[0]);
      for (const setting of settings)
        await instance().sql(`ALTER ROLE ${master} SET ${setting}`);
      try {
        const another = named('set');
        env.putFor(another, PASSWORD);
        expect(await env.run([app, another])).toMatchObject({
          outcome: 'done',
        });
        expect(await env.run([app, another], { mode: 'check' })).toMatchObject({
          outcome: 'done',
        });
      } finally {
        for (const name of namesOf)
          await instance().sql(`ALTER ROLE ${master} RESET ${name}`);
      }

      for (const setting of [
        `search_path = hostile`,
        `statement_timeout = '1ms'`,
        `default_transaction_read_only = on`,
      ])
        await instance().sql(`ALTER ROLE ${app.username} SET ${setting}`);
      const { databases } = await check();
      expect(databases[0].outcome).not.toBe('unchecked');
    },
  );

  if (version >= LOGIN_TRIGGER_VERSION) {
    itRuns.once(
      'leaves a login event trigger to its work, in the app and in postgres (aiven-extras #60)',
      async () => {
        const { env, app, check } = await made('triggered');
        const places = [app.databaseName, 'postgres'];
        const inside = async (database: string, ...statements: string[]) => {
          const client = await instance().connectAsSuperuser(database);
          try {
            let rows: unknown[] = [];
            for (const sql of statements) rows = (await client.query(sql)).rows;
            return rows;
          } finally {
            await client.end();
          }
        };
        const loginsOf = async (who: string, database: string) => {
          const [{ n }] = (await inside(
            database,
            `SELECT count(*)::int AS n FROM public.logins WHERE who = '${who}'`,
          )) as Array<{ n: number }>;
          return n;
        };
        for (const database of places)
          await inside(
            database,
            'CREATE TABLE public.logins (who text)',
            'GRANT INSERT ON public.logins TO PUBLIC',
            `CREATE FUNCTION public.note() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
               INSERT INTO public.logins VALUES (session_user);
               RAISE WARNING 'seen'; END $$`,
            'CREATE EVENT TRIGGER note ON login EXECUTE FUNCTION public.note()',
            'ALTER EVENT TRIGGER note ENABLE ALWAYS',
          );
        try {
          const { username: master } = instance()[runAs];
          expect(await check()).toMatchObject({ outcome: 'done' });
          expect(await loginsOf(app.username, app.databaseName)).toBe(1);
          const before = await loginsOf(master, 'postgres');
          expect(await env.run([app])).toMatchObject({
            outcome: 'done',
            changes: 0,
          });
          expect(await loginsOf(app.username, app.databaseName)).toBe(2);
          expect(await loginsOf(master, 'postgres')).toBeGreaterThan(before);

          // One that raises keeps the app out.
          await inside(
            app.databaseName,
            `CREATE OR REPLACE FUNCTION public.note() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
               IF session_user = '${app.username}' THEN RAISE 'not today'; END IF; END $$`,
          );
          const { outcome, databases } = await check();
          expect(outcome).toBe('drift');
          expect(databases[0].problems).toEqual([
            `${app.username} can't log in: not today`,
          ]);
        } finally {
          for (const database of places)
            await inside(
              database,
              'DROP EVENT TRIGGER IF EXISTS note',
              'DROP FUNCTION IF EXISTS public.note',
              'DROP TABLE IF EXISTS public.logins',
            );
        }
      },
    );
  }
};
