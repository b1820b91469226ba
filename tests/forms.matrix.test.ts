import { execFileSync } from 'node:child_process';
import {
  BACKSTAGE_TOKEN,
  formOf,
  Load,
  startLoad,
} from './support/load/startLoad';
import { PullRequest, WorkflowRun } from './support/github';
import { until } from './support/platform';
import { startTemporaryPostgres } from './support/temporaryPostgres';

/** GitHub's limits for a token, in a tenth of their time. */
const LIMITS = { content: 80, points: 900, windowMs: 6_000 };
const INFRA = '/repos/acme/platform-infra';
const GIGABYTE_IN_MIB = 1e9 / 2 ** 20;

const APPS = Array.from({ length: 100 }, (_, index) => `app-${index}`);
const SAME = Array.from({ length: 20 }, () => 'same-app');
const NEXT = 'next-app';

describe('a hundred different forms at once, and twenty same ones', () => {
  let load: Load;
  let different: string[];
  let same: string[];
  let next: string;
  const statuses: Record<string, string> = {};
  const text: Record<string, string> = {};

  const finish = async (ids: string[]) => {
    for (const id of ids) {
      const { status, events } = await load.finished(id);
      statuses[id] = status;
      text[id] = events.map(({ body }) => body.message).join('\n');
    }
  };
  const list = async <T>(path: string, key?: string): Promise<T[]> => {
    const all: T[] = [];
    for (let page = 1; ; page++) {
      const body = await load.infra.json<any>(
        `${INFRA}${path}per_page=100&page=${page}`,
      );
      const items: T[] = key ? body[key] : body;
      all.push(...items);
      if (items.length < 100) return all;
    }
  };

  beforeAll(async () => {
    let release = () => {};
    const released = new Promise<void>(done => {
      release = done;
    });
    load = await startLoad({
      postgres: await startTemporaryPostgres(),
      wait: () => released,
      scaffolder: {
        taskRecovery: { enabled: true },
        concurrentTasksLimit: 200,
      },
    });
    load.github.callLimits.limit(BACKSTAGE_TOKEN, LIMITS);
    [different, same] = await Promise.all(
      [APPS, SAME].map(apps =>
        Promise.all(apps.map(app => load.send(formOf(app)))),
      ),
    );
    const waiting = APPS.length + 1;
    await until(
      async () => (await load.countWaiting()) >= waiting,
      `${waiting} tasks to wait for their runs`,
    );
    // No run ends before this form has come as far as the others, so none of them makes place for it.
    next = await load.send(formOf(NEXT));
    await until(
      async () => (await load.countWaiting()) > waiting,
      'the next form to wait for its run, too',
    );
    release();
    await finish([...different, ...same, next]);
  });
  afterAll(() => load?.stop());

  it('all of the different ones succeed, and the one that came while they waited', () => {
    const failed = [...different, next].filter(
      id => statuses[id] !== 'completed',
    );
    expect(failed.map(id => text[id])).toEqual([]);
  });

  it('one of the same ones succeeds, and the others say which task has the request', () => {
    const [winner, ...more] = same.filter(id => statuses[id] === 'completed');
    expect(more).toEqual([]);
    for (const id of same.filter(one => one !== winner)) {
      expect([statuses[id], text[id]]).toEqual([
        'failed',
        expect.stringContaining(winner),
      ]);
    }
  });

  it('nothing was made twice', async () => {
    const apps = [...APPS, 'same-app', NEXT].sort();
    const databases = apps.map(app => formOf(app).databaseName);
    const runs = await list<WorkflowRun>('/actions/runs?', 'workflow_runs');
    expect(runs.map(run => run.display_title.split(' ')[1]).sort()).toEqual(
      databases.map(name => `dev-${name}`).sort(),
    );
    const pulls = await list<PullRequest>('/pulls?state=all&');
    expect(pulls.map(pull => pull.head.ref).sort()).toEqual(
      databases.map(name => `database/dev/${name}`).sort(),
    );
    // Dispatch, repository, branch protection: no call was sent a second time, and none for a form that was refused.
    expect(load.calls().writes).toBe(apps.length * 3);
  });

  it('each app is one commit', () => {
    const commits = [...APPS, 'same-app', NEXT].map(name =>
      execFileSync('git', [
        ...['-C', load.github.gitDir({ owner: 'acme', name })],
        ...['rev-list', '--all', '--count'],
      ])
        .toString()
        .trim(),
    );
    expect(new Set(commits)).toEqual(new Set(['1']));
  });

  it('the backend stays under 1 GB', async () => {
    expect((await load.stopBackend()).mib).toBeLessThan(GIGABYTE_IN_MIB);
  });
});
