import type { Connect } from '../ports';
import type { ProvisionEvent } from '../decide/events';
import { SqlError } from '../decide/postgres/sqlState';
import {
  entry,
  environmentOn,
  interceptQueries,
  provideInstance,
} from '../testing/instance';

const instance = provideInstance();

describe('preflight', () => {
  it('reports all problems at once, before taking the lock', async () => {
    await instance().sql("CREATE ROLE powerless LOGIN PASSWORD 'p'");
    const env = environmentOn(instance(), {
      username: 'powerless',
      password: 'p',
    });
    const pooled: Connect = async target => ({
      ...(await env.connections(target)),
      announcedPid: 1,
    });
    const from = instance().log().length;
    const error = await env
      .run([], { concurrency: 1000 }, pooled)
      .catch(e => e);
    expect(error.message.split('\n')).toEqual([
      '2 problems to fix first:',
      '  The master powerless lacks CREATEDB and CREATEROLE. A superuser must run: ALTER ROLE "powerless" CREATEDB CREATEROLE;',
      expect.stringContaining('  The endpoint is a connection pooler'),
    ]);
    expect(instance().log().slice(from)).not.toContain('advisory_lock');
  });

  it('notes managed roles without an entry in a check', async () => {
    const env = environmentOn(instance(), instance().master);
    const apps = ['kept', 'reverted'].map(name => entry(name));
    for (const app of apps) env.putFor(app, 'secret');
    await env.run(apps);
    const notesOf = async (declared: typeof apps) => {
      const { outcome, events } = await env.run(declared, { mode: 'check' });
      expect(outcome).toBe('done');
      return events.flatMap(event =>
        event.type === 'note' && event.text.includes('no entry any more')
          ? [event.text]
          : [],
      );
    };
    expect(await notesOf(apps)).toEqual([]);
    expect(await notesOf(apps.slice(0, 1))).toEqual([
      expect.stringContaining(
        'role reverted_user, managed by secret goldenpath/dev/reverted/postgres, has no entry any more',
      ),
    ]);
  });

  it('notes in dry run and check what would fail an apply', async () => {
    const env = environmentOn(instance(), instance().master);
    for (const mode of ['check', 'dry-run'] as const) {
      const { events } = await env.run([], { mode, concurrency: 1000 });
      expect(events).toContainEqual({
        type: 'note',
        text: expect.stringContaining('Run it with --concurrency'),
      });
      const withoutLogins = { mode, concurrency: 1000, loginTest: false };
      const quiet = await env.run([], withoutLogins);
      expect(JSON.stringify(quiet.events)).not.toContain('--concurrency');
      expect(quiet.events).toContainEqual({
        type: 'note',
        text: expect.stringContaining('logins are not checked'),
      });
    }
  });

  it('notes unmanaged databases that every role may connect to', async () => {
    const env = environmentOn(instance(), instance().master);
    await instance().sql('CREATE DATABASE "Left Open"');
    const said = async () =>
      (await env.run([], { mode: 'check' })).events.flatMap(event =>
        event.type === 'note' && event.text.includes('Left Open')
          ? [event.text]
          : [],
      );
    const [text] = await said();
    expect(text).toContain(
      'every role may connect to the unmanaged database Left Open',
    );
    await instance().sql(text.slice(text.indexOf('REVOKE')));
    expect(await said()).toEqual([]);
  });

  it.each([
    {
      open: 'GRANT CREATE ON SCHEMA public TO PUBLIC',
      reason: 'as after an upgrade from 14',
    },
    {
      open: 'GRANT CREATE ON DATABASE postgres TO PUBLIC',
      reason: 'after a GRANT',
    },
  ])(
    'notes that PUBLIC has CREATE in database postgres, $reason',
    async row => {
      const env = environmentOn(instance(), instance().master);
      const said = async () =>
        (await env.run([], { mode: 'dry-run' })).events.flatMap(event =>
          event.type === 'note' && event.text.includes('every role has CREATE')
            ? [event.text]
            : [],
        );
      await instance().sql(row.open);
      const [text, ...more] = await said();
      expect(more).toEqual([]);
      await instance().sql(text.slice(text.indexOf('REVOKE')));
      expect(await said()).toEqual([]);
    },
  );

  /** A master of its own, whose limits no other test meets. */
  const limited = async (name: string, limit: number) => {
    await instance().sql(
      `CREATE ROLE ${name} LOGIN CREATEDB CREATEROLE PASSWORD 'p' CONNECTION LIMIT ${limit}`,
    );
    return environmentOn(instance(), { username: name, password: 'p' });
  };

  it.each([
    { limit: 2, reason: 'the lock, and one that observes and changes' },
    { limit: 3, reason: 'one more' },
  ])(
    "works with what the master's CONNECTION LIMIT leaves: $reason",
    async ({ limit }) => {
      const env = await limited(`narrow${limit}`, limit);
      const apps = Array.from({ length: 4 }, (_, n) =>
        entry(`narrow${limit}_${n}`),
      );
      for (const app of apps) env.putFor(app, 'secret');
      const { outcome, events } = await env.run(apps, { concurrency: 8 });
      expect(outcome).toBe('done');
      expect(events).toContainEqual({
        type: 'note',
        text: `The master narrow${limit} has CONNECTION LIMIT ${limit} and 1 sessions, so this run works on ${
          limit - 1
        } at a time instead of 8. Run it with --concurrency ${
          limit - 1
        }, or raise it: ALTER ROLE "narrow${limit}" CONNECTION LIMIT -1.`,
      });
    },
  );

  it('works with what the CONNECTION LIMIT of database postgres leaves', async () => {
    const env = await limited('unlimited', -1);
    const apps = [entry('narrow_a'), entry('narrow_b')];
    for (const app of apps) env.putFor(app, 'secret');
    const [{ sessions }] = await instance().sql(
      `SELECT numbackends AS sessions FROM pg_stat_database WHERE datname = 'postgres'`,
    );
    await instance().sql(
      `ALTER DATABASE postgres CONNECTION LIMIT ${sessions + 2}`,
    );
    try {
      const { outcome, events } = await env.run(apps, { concurrency: 8 });
      expect(outcome).toBe('done');
      expect(JSON.stringify(events)).toContain(
        'raise it: ALTER DATABASE postgres CONNECTION LIMIT -1',
      );
    } finally {
      await instance().sql('ALTER DATABASE postgres CONNECTION LIMIT -1');
    }
  });

  it('says before the first change that the lock leaves no connection', async () => {
    const env = await limited('alone', 1);
    await expect(env.run([])).rejects.toThrow(
      'The master alone has CONNECTION LIMIT 1 and 1 sessions, too few for this run: it needs one beside the lock. Raise it: ALTER ROLE "alone" CONNECTION LIMIT -1.',
    );
  });

  it('goes on with fewer connections when a limit is reached on the way, and always ends with a summary', async () => {
    const env = environmentOn(instance(), instance().master);
    const apps = Array.from({ length: 4 }, (_, n) => entry(`crowded${n}`));
    for (const app of apps) env.putFor(app, 'secret');
    let asMaster = 0;
    const full: Connect = async target => {
      if (target.username === instance().master.username) {
        asMaster += 1;
        // The lock, and the session that observes.
        if (asMaster > 2) throw new SqlError('too many clients', '53300');
      }
      return env.connections(target);
    };
    expect(await env.run(apps, { concurrency: 4 }, full)).toMatchObject({
      outcome: 'done',
      changes: 24,
    });
    expect(asMaster).toBe(5);

    // The only worker loses its session, and gets no other.
    const late = entry('too_late');
    env.putFor(late, 'secret');
    asMaster = 0;
    const events: ProvisionEvent[] = [];
    const dying = interceptQueries(full, session => async (sql, values) => {
      if (sql.startsWith('CREATE DATABASE'))
        await session.query('SELECT pg_terminate_backend(pg_backend_pid())');
      return session.query(sql, values);
    });
    await expect(
      env.run([late], {}, dying, { onEvent: event => events.push(event) }),
    ).rejects.toThrow('no free connection for the master');
    expect(events.at(-1)).toMatchObject({
      type: 'summary',
      outcome: 'failed',
      // What was sent before is not seen either, so none of it counts.
      databases: [{ database: 'too_late', outcome: 'failed', changes: 0 }],
    });
  });

  it('explains that no connection is free', async () => {
    const env = await limited('crowded', 0);
    await expect(env.run([])).rejects.toThrow(
      /has no free connection for the master "crowded": .*lower --concurrency, or raise max_connections, the CONNECTION LIMIT of "crowded" or that of database postgres/,
    );
  });

  it.each([
    {
      before: 'ALTER DATABASE postgres ALLOW_CONNECTIONS false',
      after: 'ALTER DATABASE postgres ALLOW_CONNECTIONS true',
      reason: 'it takes no connections',
    },
    {
      before: 'REVOKE CONNECT ON DATABASE postgres FROM PUBLIC',
      after: 'GRANT CONNECT ON DATABASE postgres TO "narrowed";',
      reason: 'the master may not enter it (ansible #44978)',
    },
  ])('says what to do about database postgres: $reason', async row => {
    await instance().sql(
      "DO $$ BEGIN CREATE ROLE narrowed LOGIN CREATEDB CREATEROLE PASSWORD 'p'; EXCEPTION WHEN duplicate_object THEN END $$",
    );
    const env = environmentOn(instance(), {
      username: 'narrowed',
      password: 'p',
    });
    const beside = await instance().connectAsSuperuser('template1');
    try {
      await beside.query(row.before);
      const error = await env.run([]).catch((thrown: Error) => thrown);
      expect(error).toMatchObject({ name: 'NotAllowedError' });
      expect((error as Error).message).toContain(row.after);
    } finally {
      await beside.query(
        'ALTER DATABASE postgres ALLOW_CONNECTIONS true; GRANT CONNECT ON DATABASE postgres TO PUBLIC',
      );
      await beside.end();
    }
  });

  it('says what to do when there is no database postgres (efcore.pg #2477)', async () => {
    const env = environmentOn(instance(), instance().master);
    const elsewhere: Connect = target =>
      env.connections({ ...target, database: 'no_such_database' });
    await expect(env.run([], {}, elsewhere)).rejects.toThrow(
      'has no database "postgres", where runs take their lock. Create it from another database: CREATE DATABASE postgres TEMPLATE template0;',
    );
  });

  it('explains that a pooler rejects the session settings', async () => {
    const env = environmentOn(instance(), instance().master);
    // As pgbouncer 1.18 answers.
    const refusing: Connect = () =>
      Promise.reject(
        Object.assign(new Error('unsupported startup parameter: options'), {
          name: 'SqlError',
          sqlState: '08P01',
        }),
      );
    await expect(env.run([], {}, refusing)).rejects.toThrow(
      /unsupported startup parameter: options\. The endpoint is a connection pooler/,
    );
  });
});

describe("a password that the server's password policy rejects", () => {
  it('gets its own message', async () => {
    const env = environmentOn(instance(), instance().master);
    const app = entry('policy');
    env.putFor(app, app.username);
    const alter = `ALTER ROLE ${instance().master.username}`;
    await instance().sql(
      `${alter} SET session_preload_libraries = passwordcheck`,
    );
    try {
      const { databases, rows } = await env.run([app]);
      expect(databases).toMatchObject([{ outcome: 'failed', changes: 0 }]);
      expect(databases[0].problems[0]).toMatch(
        /^could not create role policy_user: .*password policy rejects this password\. Generate another/,
      );
      expect(rows[0]).toMatchObject({
        action: 'create_role',
        status: 'failed',
        message: databases[0].problems[0],
      });
    } finally {
      await instance().sql(`${alter} RESET session_preload_libraries`);
    }
  });
});
