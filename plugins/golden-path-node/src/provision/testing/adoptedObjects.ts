import type { Context } from './context';
import { interceptQueries } from './instance';

const PASSWORD = 'secret';

/** One of every kind that goes over, with names that need quotes. */
const OBJECTS = `
CREATE SCHEMA "Sales ""x";
CREATE TABLE public.plain (id serial PRIMARY KEY, "odd col" text);
CREATE TABLE "Sales ""x"."Table 1" (id int GENERATED ALWAYS AS IDENTITY, t text);
CREATE TABLE public.part (id int, d date) PARTITION BY RANGE (id);
CREATE TABLE public.part_1 PARTITION OF public.part FOR VALUES FROM (0) TO (10);
CREATE TABLE public.part_d PARTITION OF public.part DEFAULT;
CREATE INDEX plain_odd ON public.plain ("odd col");
CREATE VIEW public.v AS SELECT * FROM public.plain;
CREATE MATERIALIZED VIEW public.mv AS SELECT * FROM public.plain;
CREATE SEQUENCE public.numbers;
CREATE TYPE public.mood AS ENUM ('a', 'b');
CREATE TYPE public.pair AS (a int, b text);
CREATE TYPE public.span AS RANGE (subtype = float8);
CREATE DOMAIN public.positive AS int CHECK (value > 0);
CREATE TABLE public.typed OF public.pair;
CREATE FUNCTION public.f(a int, b public.pair, VARIADIC c text[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION public.f_out(a int, OUT x int, OUT y int) LANGUAGE sql AS 'SELECT 1, 2';
CREATE FUNCTION public.f_rows(a int) RETURNS TABLE (x int) LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE public.p(a int, OUT b int) LANGUAGE plpgsql AS 'BEGIN b := 1; END';
CREATE AGGREGATE public.total(int) (SFUNC = int4pl, STYPE = int);
CREATE AGGREGATE public.number_of(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '0');
CREATE FUNCTION public.state(int, int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE public.ordered(int ORDER BY int) (SFUNC = public.state, STYPE = int);
CREATE OPERATOR public.+** (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl);
CREATE OPERATOR public.### (RIGHTARG = int, FUNCTION = int4abs);
CREATE COLLATION public.own (locale = 'C');
CREATE CONVERSION public.latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE TEXT SEARCH DICTIONARY public.words (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION public.search (COPY = simple);
CREATE STATISTICS public.st (dependencies) ON id, "odd col" FROM public.plain;
SELECT lo_create(777777)`;

/** Objects that no role of ours owns any more: by catalog, for all that have an owner (PostgreSQL docs, pg_shdepend). */
const OWNED = `
SELECT c.relname AS name FROM pg_class c WHERE c.oid >= 16384 AND c.relowner = $1::regrole AND c.relnamespace <> 'pg_toast'::regnamespace
UNION ALL SELECT p.proname FROM pg_proc p WHERE p.oid >= 16384 AND p.proowner = $1::regrole
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype IN ('i', 'e'))
UNION ALL SELECT t.typname FROM pg_type t WHERE t.oid >= 16384 AND t.typowner = $1::regrole
UNION ALL SELECT n.nspname FROM pg_namespace n WHERE n.oid >= 16384 AND n.nspowner = $1::regrole AND n.nspname !~ '^pg_'
UNION ALL SELECT o.oprname FROM pg_operator o WHERE o.oid >= 16384 AND o.oprowner = $1::regrole
UNION ALL SELECT c.collname FROM pg_collation c WHERE c.oid >= 16384 AND c.collowner = $1::regrole
UNION ALL SELECT c.conname FROM pg_conversion c WHERE c.oid >= 16384 AND c.conowner = $1::regrole
UNION ALL SELECT d.dictname FROM pg_ts_dict d WHERE d.oid >= 16384 AND d.dictowner = $1::regrole
UNION ALL SELECT c.cfgname FROM pg_ts_config c WHERE c.oid >= 16384 AND c.cfgowner = $1::regrole
UNION ALL SELECT s.stxname FROM pg_statistic_ext s WHERE s.stxowner = $1::regrole
UNION ALL SELECT l.oid::text FROM pg_largeobject_metadata l WHERE l.lomowner = $1::regrole
 ORDER BY 1`;

/** What --adopt does with the objects inside a database (CASES 10: knex-db-manager #50, ldap2pg #398). */
export const testAdoptedObjects = ({
  runAs,
  instance,
  on,
  named,
  itRuns,
}: Context) => {
  const asMaster = (database: string, sql: string) =>
    instance().as(instance()[runAs], database, sql);
  const ownedBy = async (role: string, database: string) => {
    const rows = await instance().as(
      instance().superuser,
      database,
      OWNED.replaceAll('$1', `'"${role}"'`),
    );
    return rows.map(({ name }) => name);
  };
  const arrange = async (name: string, objects: string) => {
    const app = named(name);
    const env = on();
    env.putFor(app, PASSWORD);
    await asMaster('postgres', `CREATE DATABASE ${app.databaseName}`);
    await asMaster(app.databaseName, objects);
    const login = { username: app.username, password: PASSWORD };
    return {
      app,
      env,
      master: instance()[runAs].username,
      asApp: (sql: string) => instance().as(login, app.databaseName, sql),
    };
  };

  itRuns.once(
    'adopts the objects of the master with the database',
    async () => {
      const { app, env, master, asApp } = await arrange('adopted', OBJECTS);
      const shown = await env.run([app], { adopt: true, mode: 'dry-run' });
      const plan = shown.events.flatMap(event =>
        event.type === 'plan' ? event.databases[0].changes : [],
      );
      expect(plan).toContainEqual({
        action: 'adopt',
        description: expect.stringMatching(
          new RegExp(
            `^change the owner of 1 schema, 6 tables, 1 view, 1 materialized view, 1 sequence, [45] types, .*1 large object in database ${app.databaseName} to ${app.username}$`,
          ),
        ),
        reason: `they belonged to ${master}`,
      });
      expect(
        await ownedBy(app.username, app.databaseName).catch(() => []),
      ).toEqual([]);

      const run = await env.run([app], { adopt: true });
      expect(run).toMatchObject({ outcome: 'done' });
      expect(await ownedBy(master, app.databaseName)).toEqual([]);
      await asApp(
        `INSERT INTO public.plain ("odd col") VALUES ('x'); INSERT INTO "Sales ""x"."Table 1" (t) VALUES ('x');
         INSERT INTO public.part VALUES (1); REFRESH MATERIALIZED VIEW public.mv; SELECT * FROM public.v;
         ALTER TABLE public.plain ADD COLUMN more int; DROP TYPE public.span; SELECT lo_unlink(777777)`,
      );
      expect(
        await env.run([app], { adopt: true, mode: 'check', strict: true }),
      ).toMatchObject({ outcome: 'done', changes: 0 });
    },
  );

  itRuns.perMaster('leaves the other databases of the master', async () => {
    const { app, env, master } = await arrange(
      'adopted_alone',
      'CREATE TABLE public.x (id int)',
    );
    const other = `other_of_${runAs}`;
    await asMaster('postgres', `CREATE DATABASE ${other}`);
    await asMaster(other, 'CREATE TABLE public.kept (id int)');
    await env.run([app], { adopt: true });
    expect(await ownedBy(master, other)).toEqual(
      ['kept', 'kept', '_kept'].sort(),
    );
    const [{ owner }] = await instance().sql(
      `SELECT pg_get_userbyid(datdba)::text AS owner FROM pg_database WHERE datname = $1`,
      [other],
    );
    expect(owner).toBe(master);
  });

  itRuns.once(
    'adopts the objects of a former owner that was granted to the master',
    async () => {
      const { app, env } = await arrange('formerly', '');
      const former = `former_${runAs}`;
      await instance().sql(`CREATE ROLE ${former}`);
      await instance().as(
        instance().superuser,
        app.databaseName,
        `CREATE SCHEMA theirs AUTHORIZATION ${former}; CREATE TABLE theirs.t (id int); ALTER TABLE theirs.t OWNER TO ${former}`,
      );
      const first = await env.run([app], { adopt: true });
      expect(first).toMatchObject({ outcome: 'done' });
      const told = first.events.flatMap(event =>
        event.type === 'plan' ? event.databases[0].told : [],
      );
      expect(told.join()).toContain(
        `In database ${app.databaseName} another role, ${former}, owns 1 schema, 1 table.`,
      );
      expect(await ownedBy(former, app.databaseName)).not.toEqual([]);

      await instance().sql(
        `GRANT ${former} TO "${instance()[runAs].username}"`,
      );
      expect(await env.run([app])).toMatchObject({ changes: 0 });
      expect(await env.run([app], { adopt: true })).toMatchObject({
        outcome: 'done',
        changes: 1,
      });
      expect(await ownedBy(former, app.databaseName)).toEqual([]);
    },
  );

  itRuns.perMaster(
    'adopts all or nothing, and all on the next run',
    async () => {
      const { app, env, master } = await arrange(
        'half_adopted',
        'CREATE TABLE public.x (id int); CREATE TABLE public.y (id int)',
      );
      const dies = interceptQueries(
        env.connections,
        session => (sql, values) =>
          session.query(
            sql.includes('ALTER TABLE public.y')
              ? sql.replace(
                  'COMMIT',
                  'SELECT pg_terminate_backend(pg_backend_pid()); COMMIT',
                )
              : sql,
            values,
          ),
      );
      const killed = await env.run([app], { adopt: true }, dies);
      expect(killed).toMatchObject({ outcome: 'failed' });
      expect(await ownedBy(master, app.databaseName)).toEqual(
        expect.arrayContaining(['x', 'y']),
      );
      expect(await env.run([app], { adopt: true })).toMatchObject({
        outcome: 'done',
      });
      expect(await ownedBy(master, app.databaseName)).toEqual([]);
    },
  );

  itRuns.once('names what keeps its owner, and why', async () => {
    const { app, env, master, asApp } = await arrange(
      'kept_by_others',
      'CREATE EXTENSION hstore; CREATE PUBLICATION single; CREATE TABLE public.own (id int)',
    );
    await instance().as(
      instance().superuser,
      app.databaseName,
      `CREATE SCHEMA shut; GRANT USAGE, CREATE ON SCHEMA shut TO "${master}"; ALTER SCHEMA shut OWNER TO pg_monitor`,
    );
    await asMaster(app.databaseName, 'CREATE TABLE shut.t (id int)');
    const adopt = async () => {
      const run = await env.run([app], { adopt: true });
      const [plan] = run.events.flatMap(event =>
        event.type === 'plan' ? event.databases : [],
      );
      return { run, plan };
    };
    const first = await adopt();
    expect(first.plan.told.join('\n')).toMatch(
      /owns 1 extension\. Apps may use them all the same\./,
    );
    await asApp('ALTER PUBLICATION single SET TABLE public.own');
    if (runAs === 'master') {
      expect(first.run).toMatchObject({ outcome: 'failed' });
      expect(first.plan.remedies).toContainEqual({
        role: 'pg_monitor',
        database: app.databaseName,
        sql: `GRANT USAGE, CREATE ON SCHEMA "shut" TO "${app.username}";`,
      });
      await instance().as(
        instance().superuser,
        app.databaseName,
        `SET ROLE pg_monitor; GRANT USAGE, CREATE ON SCHEMA "shut" TO "${app.username}"`,
      );
    }
    expect((await adopt()).run).toMatchObject({ outcome: 'done' });
    expect(await ownedBy(master, app.databaseName)).not.toContain('t');
  });
};
