import type { ProvisionEvent } from '../decide/events';
import type { Connect } from '../ports';
import type { Context } from './context';
import type { Instance } from './instance';

const PASSWORD = `any'"\\%s ü-${'x'.repeat(12)}`;

const actions = (rows: Array<{ action: string; status: string }>) =>
  rows.map(({ action, status }) => `${action} ${status}`);

/** Runs reach the desired state, from an empty instance and from drift, and refuse unmanaged objects. */
export const testDesiredState = ({
  runAs,
  instance,
  on,
  named,
  itRuns,
}: Context) => {
  itRuns.perBoth(
    'creates role, database and grants; the second run plans nothing',
    async () => {
      const env = on();
      const orders = named('orders');
      env.putFor(orders, PASSWORD);

      const first = await env.run([orders]);
      expect(first.databases).toEqual([
        {
          database: orders.databaseName,
          username: orders.username,
          outcome: 'changed',
          changes: runAs === 'master' ? 6 : 5,
          problems: [],
        },
      ]);
      expect(actions(first.rows)).toEqual([
        'create_role success',
        'comment success',
        ...(runAs === 'master' ? ['grant success'] : []),
        'create_database success',
        'revoke success',
        'grant success',
        'observe success',
      ]);

      const [role] = await instance().sql(
        `SELECT rolcanlogin, rolcreatedb, rolcreaterole, rolsuper, rolconnlimit, shobj_description(oid, 'pg_authid') AS mark,
              (SELECT count(*)::int FROM pg_auth_members WHERE member = r.oid) AS memberships
         FROM pg_roles r WHERE rolname = $1`,
        [orders.username],
      );
      expect(role).toEqual({
        rolcanlogin: true,
        rolcreatedb: false,
        rolcreaterole: false,
        rolsuper: false,
        rolconnlimit: -1,
        mark: `Managed by goldenpath-rds: secret goldenpath/dev/${orders.key}/postgres, version v1`,
        memberships: 0,
      });
      const [database] = await instance().sql(
        `SELECT pg_get_userbyid(datdba) AS owner, pg_encoding_to_char(encoding) AS encoding, datacl::text AS acl
         FROM pg_database WHERE datname = $1`,
        [orders.databaseName],
      );
      expect(database).toEqual({
        owner: orders.username,
        encoding: 'UTF8',
        acl: `{${orders.username}=CTc/${orders.username}}`,
      });
      await instance().as(
        { username: orders.username, password: PASSWORD },
        orders.databaseName,
        'CREATE TABLE orders (id int)',
      );

      const changing = /: (CREATE|ALTER|GRANT|REVOKE|COMMENT) /;
      expect(instance().log()).toMatch(changing);
      const before = instance().log().length;
      const second = await env.run([orders]);
      expect(second).toMatchObject({ outcome: 'done', changes: 0 });
      expect(actions(second.rows)).toEqual(['observe success']);
      expect(instance().log().slice(before)).not.toMatch(changing);
      expect(await env.run([orders], { mode: 'check' })).toMatchObject({
        outcome: 'done',
      });
    },
  );

  itRuns.once(
    'repairs a password changed on the instance, and applies a new secret version',
    async () => {
      const env = on();
      const repaired = named('repaired');
      env.putFor(repaired, 'the right one');
      await env.run([repaired]);
      await instance().sql(
        `ALTER ROLE ${repaired.username} PASSWORD 'another entirely'`,
      );

      expect(await env.run([repaired], { loginTest: false })).toMatchObject({
        changes: 0,
      });
      expect(await env.run([repaired], { mode: 'check' })).toMatchObject({
        outcome: 'drift',
      });
      const repairing = await env.run([repaired]);
      expect(repairing.rows[0]).toMatchObject({
        action: 'set_password',
        message: expect.stringContaining('the login failed'),
      });
      expect(repairing.outcome).toBe('done');

      env.putFor(repaired, 'rotated', 'v2');
      const rotated = await env.run([repaired]);
      expect(rotated.rows[0].message).toContain(
        'the secret has version v2, the role has the password of v1',
      );
      expect(actions(rotated.rows)).toEqual([
        'set_password success',
        'comment success',
        'observe success',
      ]);
      await instance().as(
        { username: repaired.username, password: 'rotated' },
        repaired.databaseName,
        'SELECT 1',
      );
      expect(await env.run([repaired])).toMatchObject({ changes: 0 });
    },
  );

  itRuns.perBoth('repairs every attribute', async () => {
    const env = on();
    const drifting = named('drifting', { connectionLimit: 7, createdb: true });
    env.putFor(drifting, 'secret');
    await env.run([drifting]);
    await instance().sql(
      `ALTER ROLE ${drifting.username} NOLOGIN NOCREATEDB CREATEROLE CONNECTION LIMIT 1 VALID UNTIL '2001-01-01' PASSWORD 'other'`,
    );
    await instance().sql(
      `GRANT CONNECT, TEMPORARY ON DATABASE ${drifting.databaseName} TO PUBLIC`,
    );
    await instance().sql(
      `REVOKE TEMPORARY ON DATABASE ${drifting.databaseName} FROM ${drifting.username}`,
    );
    if (runAs === 'superuser')
      await instance().sql(`GRANT pg_monitor TO ${drifting.username}`);

    const check = await env.run([drifting], { mode: 'check' });
    expect(check).toMatchObject({ outcome: 'drift' });
    expect(check.rows).toEqual([]);
    const repairing = await env.run([drifting]);
    expect(repairing.databases).toMatchObject([
      { outcome: 'changed', problems: [] },
    ]);
    expect(await env.run([drifting], { mode: 'check' })).toMatchObject({
      outcome: 'done',
      changes: 0,
    });
  });

  itRuns.perBoth(
    'refuses an unmanaged role, and takes it over with adopt',
    async () => {
      const env = on();
      const foreign = named('foreign');
      env.putFor(foreign, 'secret');
      await instance().as(
        instance()[runAs],
        'postgres',
        `CREATE ROLE ${foreign.username} LOGIN PASSWORD 'theirs'`,
      );

      const refused = await env.run([foreign]);
      expect(refused.outcome).toBe('failed');
      expect(refused.databases[0].problems[0]).toContain(
        'not managed by goldenpath-rds',
      );
      expect(actions(refused.rows)).toEqual([
        'refuse failed',
        'observe failed',
      ]);
      await instance().as(
        { username: foreign.username, password: 'theirs' },
        'postgres',
        'SELECT 1',
      );

      const adopted = await env.run([foreign], { adopt: true });
      expect(adopted.outcome).toBe('done');
      expect(adopted.rows.map(({ action }) => action)).toContain('adopt');
      expect(await env.run([foreign])).toMatchObject({ changes: 0 });
    },
  );

  itRuns.perBoth(
    "refuses another owner's database always, and the master's without adopt",
    async () => {
      const env = on();
      const theirs = named('theirs');
      const masters = named('masters');
      env.putFor(theirs, 'secret');
      env.putFor(masters, 'secret');
      await instance().sql(`CREATE ROLE other_${runAs}`);
      await instance().sql(
        `CREATE DATABASE ${theirs.databaseName} OWNER other_${runAs}`,
      );
      await instance().as(
        instance()[runAs],
        'postgres',
        `CREATE DATABASE ${masters.databaseName}`,
      );

      for (const adopt of [false, true]) {
        const { databases } = await env.run([theirs], { adopt });
        expect(databases).toMatchObject([{ outcome: 'refused', changes: 0 }]);
        expect(databases[0].problems[0]).toContain(`belongs to other_${runAs}`);
      }
      expect(
        await instance().sql(`SELECT 1 FROM pg_roles WHERE rolname = $1`, [
          theirs.username,
        ]),
      ).toEqual([]);

      expect((await env.run([masters])).databases[0].problems[0]).toContain(
        '--adopt',
      );
      expect(await env.run([masters], { adopt: true })).toMatchObject({
        outcome: 'done',
      });
      expect(await env.run([masters], { mode: 'check' })).toMatchObject({
        outcome: 'done',
      });
    },
  );

  itRuns.once(
    'refuses a role that another environment manages on the same instance',
    async () => {
      const env = on();
      const shared = named('shared');
      env.putFor(shared, 'secret');
      await env.run([shared]);
      await instance().sql(
        `COMMENT ON ROLE ${shared.username} IS 'Managed by goldenpath-rds: secret goldenpath/prod/${shared.key}/postgres, version v9'`,
      );
      const { databases } = await env.run([shared]);
      expect(databases[0].problems[0]).toContain(
        `is managed by secret goldenpath/prod/${shared.key}/postgres`,
      );
    },
  );

  itRuns.perMaster('plans in a dry run and changes nothing', async () => {
    const env = on();
    const dry = named('dry');
    const early = named('early');
    env.putFor(dry, 'secret');
    const before = await everything(instance());
    const { databases, events, rows, outcome } = await env.run([dry, early], {
      mode: 'dry-run',
    });
    expect(outcome).toBe('done');
    expect(databases).toMatchObject([
      { outcome: 'planned', changes: runAs === 'master' ? 6 : 5 },
      { outcome: 'skipped' },
    ]);
    expect(events).toContainEqual({
      type: 'note',
      database: early.databaseName,
      text: expect.stringContaining('create it with terraform apply'),
    });
    expect(rows).toEqual([]);
    expect(await everything(instance())).toEqual(before);
  });

  itRuns.once('continues with other databases without fail-fast', async () => {
    const env = on();
    const bad = named('bad');
    const good = named('good');
    env.putFor(bad, 'secret');
    env.putFor(good, 'secret');
    await instance().sql(`CREATE ROLE ${bad.username}`);
    expect((await env.run([bad, good])).databases).toMatchObject([
      { outcome: 'refused' },
      { outcome: 'stopped' },
    ]);
    expect(
      (await env.run([bad, good], { failFast: false })).databases,
    ).toMatchObject([{ outcome: 'refused' }, { outcome: 'changed' }]);
  });

  itRuns.once('names the holder of the lock when it times out', async () => {
    const env = on();
    const holder = await env.connections({
      host: 'localhost',
      port: instance().port,
      database: 'postgres',
      ...instance()[runAs],
      applicationName: 'goldenpath-rds other run',
      isReadOnly: false,
    });
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
      const holder = await env.connections({
        host: 'localhost',
        port: instance().port,
        database: 'postgres',
        ...instance()[runAs],
        applicationName: 'goldenpath-rds dev 41',
        isReadOnly: false,
      });
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
      const connect: Connect = async target => {
        const session = await env.connections(target);
        return {
          ...session,
          query: async (sql, values) => {
            if (sql.startsWith('CREATE DATABASE')) {
              await instance().sql(
                `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock'`,
              );
            }
            return session.query(sql, values);
          },
        };
      };
      await expect(env.run([app], {}, connect)).rejects.toThrow(
        'The connection that held the lock is lost',
      );
      expect(await env.run([app])).toMatchObject({ outcome: 'done' });
    },
  );

  itRuns.perVersion('finds drift inside a database', async () => {
    const env = on();
    const inside = named('inside');
    env.putFor(inside, 'secret');
    await env.run([inside]);
    await instance().as(
      { username: inside.username, password: 'secret' },
      inside.databaseName,
      'GRANT CREATE ON SCHEMA public TO PUBLIC',
    );
    const { outcome, databases } = await env.run([inside], { mode: 'check' });
    expect(outcome).toBe('drift');
    expect(databases[0].problems).toEqual([
      expect.stringContaining('REVOKE CREATE ON SCHEMA public FROM PUBLIC'),
    ]);
  });
};

/** Everything that a run could have changed. */
const everything = (instance: Instance) =>
  instance.sql(
    `SELECT (SELECT json_agg(d ORDER BY d.oid) FROM pg_database d)::text AS databases,
            (SELECT json_agg(a ORDER BY a.oid) FROM pg_authid a)::text AS roles,
            (SELECT json_agg(m ORDER BY m.roleid, m.member, m.grantor) FROM pg_auth_members m)::text AS members`,
  );
