import type { Connect } from '../ports';
import { entry, environmentOn, provideInstance } from '../testing/instance';

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
      '3 problems to fix first:',
      '  The master powerless lacks CREATEDB and CREATEROLE. A superuser must run: ALTER ROLE "powerless" CREATEDB CREATEROLE;',
      expect.stringContaining('  The endpoint is a connection pooler'),
      expect.stringMatching(
        /^ {2}The instance has \d+ free connections, and this run uses 1001\. Run it with --concurrency \d+\.$/,
      ),
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

  it('explains that no connection is free', async () => {
    await instance().sql(
      "CREATE ROLE crowded LOGIN PASSWORD 'p' CONNECTION LIMIT 0",
    );
    const env = environmentOn(instance(), {
      username: 'crowded',
      password: 'p',
    });
    await expect(env.run([])).rejects.toThrow(
      /has no free connection for the master "crowded": .*raise max_connections/,
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
