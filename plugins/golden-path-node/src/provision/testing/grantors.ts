import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import { quoteIdentifier } from '../decide/postgres/sql';
import type { Context } from './context';
import { databaseGrantors } from './databaseGrantors';
import { membershipGrantors } from './membershipGrantors';

const PASSWORD = 'the right one';

/** Names that no other row has. */
export interface RowNames {
  app: string;
  database: string;
  /** A second entry's role. */
  neighbour: string;
  /** The one that runs the provisioner. */
  runner: string;
  /** The RDS-like master. */
  master: string;
  other(name: string): string;
}

export interface GrantorRow {
  /** Where it was seen. */
  source: string;
  reason: string;
  /** The version from which it can be arranged. */
  since?: number;
  runAs?: 'master' | 'superuser';
  adopt?: boolean;
  /** Roles that are created first, by the superuser. */
  roles?: string[];
  /** Statements, each with the role that runs it. */
  arrange(names: RowNames, version: number): Array<[role: string, sql: string]>;
  /** What the dry run shows, in this order. */
  shows?(names: RowNames, version: number): RegExp[];
  /** A person has to run what the plan names, on these versions and with this master. */
  needsPerson?(version: number, runAs: 'master' | 'superuser'): boolean;
  /** What is in the ACL at the end. */
  acl?(names: RowNames): string;
}

/** Whoever granted it: after one run it holds, or the plan names what a person runs, and then it holds. */
export const testGrantors = (
  { runAs, instance, on, itRuns, named }: Context,
  version: number,
) => {
  const runAsRole = async (role: string, sql: string) => {
    const client = await instance().connectAsSuperuser();
    try {
      await client.query(`SET SESSION AUTHORIZATION ${quoteIdentifier(role)}`);
      await client.query(sql);
    } finally {
      await client.end();
    }
  };

  const rows = [...databaseGrantors, ...membershipGrantors]
    .map((row, n) => ({ ...row, n }))
    .filter(
      row => version >= (row.since ?? 15) && (row.runAs ?? runAs) === runAs,
    );
  itRuns.once.each(rows)('$source: $reason', async row => {
    const app = named(`gr${row.n}`);
    const neighbour = named(`gr${row.n}n`);
    const env = on();
    for (const one of [app, neighbour]) env.putFor(one, PASSWORD);
    const entries = [app, neighbour];
    const names: RowNames = {
      app: app.username,
      database: app.databaseName,
      neighbour: neighbour.username,
      runner: instance()[runAs].username,
      master: instance().master.username,
      other: name => `${app.databaseName} ${name}`,
    };
    if (!row.adopt) await env.run(entries);
    for (const role of row.roles ?? [])
      await instance().sql(
        `CREATE ROLE "${names.other(role).replace(/"/g, '""')}"`,
      );
    for (const [role, sql] of row.arrange(names, version))
      await runAsRole(role, sql);
    const options = { adopt: row.adopt };

    const dry = await env.run(entries, { ...options, mode: 'dry-run' });
    const plan = dry.events.flatMap(event =>
      event.type === 'plan' ? event.databases : [],
    );
    const shown = plan.flatMap(({ changes }) =>
      changes.map(({ description }) => description),
    );
    expect(shown).toEqual(
      row.shows?.(names, version).map(words => expect.stringMatching(words)) ??
        shown,
    );

    if (row.needsPerson?.(version, runAs)) {
      const refused = await env.run(entries, options);
      expect(refused.outcome).toBe('failed');
      // What isn't drift may stay.
      const problems = refused.databases.flatMap(one => one.problems).join();
      const remedies = plan
        .flatMap(one => one.remedies)
        .filter(({ sql }) => problems.includes(sql));
      expect(remedies).not.toEqual([]);
      for (const { role, sql } of remedies) {
        await runAsRole(role, sql);
      }
    }
    const run = await env.run(entries, options);
    expect(run).toMatchObject({ outcome: 'done' });
    expect(run.rows.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(await env.run(entries, { mode: 'check' })).toMatchObject({
      outcome: 'done',
      changes: 0,
    });
    expect(await env.run(entries)).toMatchObject({ changes: 0 });
    await expectIsolated(app, row.acl?.(names));
    expect(await membershipsOf(entries)).toEqual([]);
    // The instance is shared, and its master is every app's.
    for (const role of row.roles ?? [])
      await instance().sql(
        `REVOKE "${names.runner}" FROM "${names
          .other(role)
          .replace(/"/g, '""')}"`,
      );
  });

  const expectIsolated = async (app: TfvarsEntry, acl?: string) => {
    const [found] = await instance().sql(
      `SELECT datacl::text AS acl,
              (SELECT count(*)::int FROM aclexplode(datacl) WHERE grantee = 0) AS open
         FROM pg_database WHERE datname = $1`,
      [app.databaseName],
    );
    expect(found.open).toBe(0);
    if (acl !== undefined) expect(found.acl).toBe(acl);
    await instance().as(
      { username: app.username, password: PASSWORD },
      app.databaseName,
      'CREATE TEMPORARY TABLE mine (id int)',
    );
  };

  const membershipsOf = (entries: TfvarsEntry[]) =>
    instance().sql(
      `SELECT roleid::regrole::text, member::regrole::text FROM pg_auth_members
        WHERE member::regrole::text = ANY ($1::text[])`,
      [entries.map(({ username }) => username)],
    );
};
