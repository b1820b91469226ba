import { createOctokit } from '@goldenpath/plugin-golden-path-node';
import { until } from './support/platform';
import { bootReplicas, Replicas } from './support/replica/bootReplicas';

const APP = 'news-01';
/** Any number; the test holds it, and what a trigger waits for. */
const LOCK = 4711;

/** Where a replica is killed: at the write that it is about to do. */
const KILLS = [
  {
    reason: 'before the notification is stored',
    topic: 'Database: review',
    table: 'notifications.notification',
    write: 'INSERT',
    when: "NEW.topic = 'Database: review'",
  },
  {
    reason: 'after it is stored, before it is marked as sent',
    topic: 'Database: merged',
    table: '"golden-path".goldenpath_transitions',
    write: 'UPDATE OF sent_at',
    when: "OLD.kind = 'merged' AND NEW.sent_at IS NOT NULL",
  },
] as const;

/** Two backends as processes, and one of them killed while it tells people what happened. */
describe('notifications of two replicas', () => {
  let boot: Replicas;

  beforeAll(async () => {
    boot = await bootReplicas('news');
  });
  afterAll(() => boot?.stop());

  const start = () =>
    boot.start({
      env: { WITH_STATUS: 'true' },
      status: {
        schedule: { frequency: { seconds: 2 }, timeout: { minutes: 3 } },
      },
    });
  const hold = async ({ table, write, when }: (typeof KILLS)[number]) => {
    await boot.sql.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await boot.sql.query(
      `CREATE OR REPLACE FUNCTION gate.news() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN PERFORM pg_advisory_xact_lock_shared(${LOCK}); RETURN NEW; END $$`,
    );
    await boot.sql.query(
      `CREATE TRIGGER held BEFORE ${write} ON ${table} FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION gate.news()`,
    );
  };
  const heldPids = async () =>
    (
      await boot.sql.query<{ pid: number }>(
        `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = $1`,
        [LOCK],
      )
    ).rows.map(({ pid }) => pid);
  /** After the kill. What the server still does for the process that is gone is rolled back. */
  const release = async ({ table }: (typeof KILLS)[number]) => {
    for (const pid of await heldPids())
      await boot.sql.query('SELECT pg_terminate_backend($1, 10000)', [pid]);
    await boot.sql.query('SELECT pg_advisory_unlock($1)', [LOCK]);
    await boot.sql.query(`DROP TRIGGER held ON ${table}`);
    // As if the time of its lease had passed.
    await boot.sql.query(
      'UPDATE "golden-path".goldenpath_transitions SET claimed_until = 0 WHERE sent_at IS NULL',
    );
  };
  const listNews = async () =>
    (
      await boot.sql.query<{ topic: string; told: number }>(
        'SELECT topic, count(*)::int AS told FROM notifications.notification GROUP BY topic, scope, "user"',
      )
    ).rows;
  const unsent = async () =>
    (
      await boot.sql.query<{ kind: string }>(
        'SELECT kind FROM "golden-path".goldenpath_transitions WHERE sent_at IS NULL',
      )
    ).rows.map(({ kind }) => kind);

  it('tell each thing once, whichever is killed when', async () => {
    const first = await start();
    const backstage = await boot.signIn(first);
    const { owner, name } = boot.infra.repo;
    const { rest } = createOctokit({
      apiUrl: boot.infra.github.apiUrl,
      token: 'local-token',
    });
    /** What is told about, one for each kill. */
    const happenings = [
      async () => {
        const { id } = await backstage.createTask(boot.formOf(APP));
        expect((await backstage.finished(id)).status).toBe('completed');
      },
      async () => {
        const pull = await boot.infra.pullOf('database/dev/news_01');
        await rest.pulls.merge({
          owner,
          repo: name,
          pull_number: pull!.number,
        });
      },
    ];
    let running = first;
    for (const [n, kill] of KILLS.entries()) {
      await hold(kill);
      await happenings[n]();
      await until(
        async () => (await heldPids()).length > 0 || undefined,
        `${kill.reason}: a replica to wait`,
      );
      const next = await start();
      await next.ready();
      await running.kill();
      await release(kill);
      running = next;
      await until(
        async () => (await unsent()).length === 0 || undefined,
        `${kill.reason}: the other replica to tell all`,
      );
      const news = await listNews();
      expect(news.filter(({ told }) => told !== 1)).toEqual([]);
      expect(news.map(({ topic }) => topic)).toContain(kill.topic);
    }
  });
});
