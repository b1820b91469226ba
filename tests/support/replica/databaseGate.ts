import { Client } from 'pg';
import { until } from '../platform';
import { When } from './githubGate';

/** A write of an app's task, such as `claim: inserted`. */
export interface WriteHold {
  app: string;
  write: string;
  when: When;
}

/**
 * Names the writes of the scaffolder and of the claims, records them for each app, and lets a chosen one wait for a lock
 * that the test holds. The triggers are deferred, so a transaction waits in its COMMIT.
 */
const GATE = `
CREATE SCHEMA gate;
CREATE TABLE gate.writes (id bigserial PRIMARY KEY, app text NOT NULL, write text NOT NULL);
CREATE TABLE gate.holds (app text PRIMARY KEY, write text NOT NULL, lock bigint NOT NULL);

CREATE FUNCTION gate.pass(the_app text, the_write text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE held bigint;
BEGIN
  INSERT INTO gate.writes (app, write) VALUES (the_app, the_write);
  SELECT lock INTO held FROM gate.holds WHERE app = the_app AND write = the_write;
  IF FOUND THEN PERFORM pg_advisory_xact_lock_shared(held); END IF;
END $$;

CREATE FUNCTION gate.claim() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  one jsonb := to_jsonb(coalesce(NEW, OLD));
  name text := regexp_replace(one->>'repo', '^.*/', '');
  changed text;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    SELECT string_agg(key || CASE WHEN key IN ('state', 'repo_state') THEN ' ' || (value #>> '{}') ELSE '' END, ', ' ORDER BY key)
      INTO changed FROM jsonb_each(to_jsonb(NEW))
      WHERE value IS DISTINCT FROM to_jsonb(OLD)->key AND key <> 'updated_at';
    IF changed IS NULL THEN RETURN NULL; END IF;
  END IF;
  PERFORM gate.pass(name, 'claim: ' || CASE TG_OP WHEN 'UPDATE' THEN changed ELSE lower(TG_OP) END);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER gate AFTER INSERT OR UPDATE OR DELETE ON scaffolder.goldenpath_claims
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION gate.claim();

CREATE FUNCTION gate.task() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  name text := NEW.spec::jsonb->'parameters'->>'component_id';
  before jsonb := coalesce(OLD.state::jsonb->'state', '{}');
  after jsonb := coalesce(NEW.state::jsonb->'state', '{}');
  step text;
BEGIN
  IF name IS NULL THEN RETURN NULL; END IF;
  IF NEW.status <> OLD.status THEN PERFORM gate.pass(name, 'task: ' || NEW.status); END IF;
  FOR step IN SELECT jsonb_object_keys(coalesce(after->'steps', '{}')) LOOP
    IF after->'steps'->step IS DISTINCT FROM before->'steps'->step THEN
      PERFORM gate.pass(name, 'step: ' || step);
    END IF;
  END LOOP;
  FOR step IN SELECT jsonb_object_keys(coalesce(after->'checkpoints', '{}')) LOOP
    IF after->'checkpoints'->step IS DISTINCT FROM before->'checkpoints'->step THEN
      PERFORM gate.pass(name, 'checkpoint: ' || regexp_replace(step, '^v1.task.checkpoint.|[.][a-z]+-' || (NEW.spec::jsonb->'parameters'->>'databaseName') || '.*$', '', 'g'));
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER gate AFTER UPDATE ON scaffolder.tasks
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION gate.task();

CREATE FUNCTION gate.location() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.type = 'url' THEN
    PERFORM gate.pass(split_part(NEW.target, '/', 5), 'location: insert');
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON catalog.locations
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION gate.location();
`;

/** @param client - connected to the backends' database as the role that owns it; not closed here */
export const createDatabaseGate = async (client: Client) => {
  await client.query(GATE);
  const locks = new Map<string, { lock: number; when: When }>();

  const waiting = async (lock: number): Promise<number | undefined> => {
    const { rows } = await client.query<{ pid: number }>(
      `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objsubid = 1 AND objid = $1`,
      [lock],
    );
    return rows[0]?.pid;
  };

  return {
    writesOf: async (app: string): Promise<string[]> =>
      (
        await client.query<{ write: string }>(
          'SELECT write FROM gate.writes WHERE app = $1 ORDER BY id',
          [app],
        )
      ).rows.map(({ write }) => write),
    hold: async ({ app, write, when }: WriteHold) => {
      const lock = locks.size + 1;
      locks.set(app, { lock, when });
      await client.query('SELECT pg_advisory_lock($1::bigint)', [lock]);
      await client.query(
        'INSERT INTO gate.holds (app, write, lock) VALUES ($1, $2, $3)',
        [app, write, lock],
      );
    },
    isParked: async (app: string) => {
      const held = locks.get(app);
      return held !== undefined && (await waiting(held.lock)) !== undefined;
    },
    /** To be called after the kill: the server rolls the writes held `before` back, and commits those held `after`. */
    drop: async () => {
      await client.query('DELETE FROM gate.holds');
      for (const { lock, when } of locks.values()) {
        const pid = await waiting(lock);
        if (when === 'before')
          await client.query('SELECT pg_terminate_backend($1, 10000)', [pid]);
        await client.query('SELECT pg_advisory_unlock($1::bigint)', [lock]);
        if (pid !== undefined)
          await until(async () => {
            const { rows } = await client.query(
              'SELECT 1 FROM pg_stat_activity WHERE pid = $1',
              [pid],
            );
            return rows.length === 0;
          }, 'the connection of the killed backend to end');
      }
      locks.clear();
    },
  };
};
export type DatabaseGate = Awaited<ReturnType<typeof createDatabaseGate>>;
