import { formOf, Load, startLoad } from './support/load/startLoad';
import { until } from './support/platform';

/** GitHub's limits for a token, in a tenth of its time. */
const LIMITS = { content: 80, points: 900, windowMs: 6_000 };
const DIFFERENT = Number(process.env.N ?? 100);
const SAME = Number(process.env.S ?? 20);

describe('many forms at once', () => {
  let load: Load;
  let release: () => void;

  beforeAll(async () => {
    const released = new Promise<void>(done => {
      release = done;
    });
    load = await startLoad({
      wait: () => released,
      scaffolder: {
        taskRecovery: { enabled: true },
        concurrentTasksLimit: 200,
      },
    });
    load.github.callLimits.limit(LIMITS);
  });
  afterAll(() => load?.stop());

  const stepsOf = async (id: string) => {
    const answer = await load.backstage.get(
      `/api/scaffolder/v2/tasks/${id}/events`,
    );
    const events = (await answer.json()) as Array<{
      body: { stepId?: string; status?: string };
    }>;
    return events.flatMap(({ body }) =>
      body.stepId && body.status ? [`${body.stepId} ${body.status}`] : [],
    );
  };
  const waiting = async () =>
    (
      await load.sql.query<{ count: string }>(
        `SELECT count(*) FROM scaffolder.tasks t WHERE status = 'processing' AND EXISTS (
           SELECT FROM scaffolder.task_events e WHERE e.task_id = t.id
             AND e.body LIKE '%"stepId":"await-rds","status":"processing"%')`,
      )
    ).rows[0].count;

  it('each of a hundred different ones gets one run, one repository and one pull request; of twenty same ones one does', async () => {
    const apps = Array.from(
      { length: DIFFERENT },
      (_, index) => `app-${String(index).padStart(3, '0')}`,
    );
    const different = await Promise.all(
      apps.map(app => load.send(formOf(app))),
    );
    const same = await Promise.all(
      Array.from({ length: SAME }, () => load.send(formOf('same-app'))),
    );
    const began = Date.now();
    await until(
      async () => Number(await waiting()) >= DIFFERENT + 1,
      `${DIFFERENT + 1} tasks to wait for their runs`,
    );
    console.log('all wait after', (Date.now() - began) / 1000, load.calls());

    // While all of them wait, the next form comes through to where they are.
    const next = await load.send(formOf('next-app'));
    const sent = Date.now();
    await until(
      async () => (await stepsOf(next)).includes('validate completed'),
      'the next form to be checked',
    );
    console.log('next after', (Date.now() - sent) / 1000);
    expect(Number(await waiting())).toBeGreaterThanOrEqual(DIFFERENT + 1);

    release();
    const ended = [];
    for (const id of [...different, next])
      ended.push((await load.backstage.finished(id)).status);
    console.log('done after', (Date.now() - began) / 1000, load.calls());
    expect(new Set(ended)).toEqual(new Set(['completed']));
    const ofSame = [];
    for (const id of same)
      ofSame.push((await load.backstage.finished(id)).status);
    expect(ofSame.filter(status => status === 'completed')).toHaveLength(1);
    expect(load.failures).toEqual([]);
    console.log(await load.stopBackend());
  });
});
