import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFolder } from '../createFolder';
import { filesUnder } from '../skeleton';
import { bootReplicas, Replicas, STALE_TIMEOUT } from './bootReplicas';
import {
  HALF_RENDERED,
  KillPoint,
  listKillPoints,
  whenStarted,
} from './killPoints';
import { readQuickWorkflow, REQUEST_WORKFLOW } from './quickWorkflow';
import { findDifferences, Outcome, readOutcome } from './readOutcome';
import { BackstageClient } from '../backstage';
import { until } from '../platform';
import { Replica } from './startReplica';

/** Workflows that check and apply pull requests; they don't concern the backend. */
const OF_PULL_REQUESTS = [
  'rds-database-apply.yml',
  'rds-database-guard.yml',
  'rds-database-rebase.yml',
];

/** What a killed backend must not do twice. */
const EFFECTS = [
  'POST /api/v3/repos/acme/platform-infra/actions/workflows/create-rds-database.yml/dispatches',
  'POST /api/v3/orgs/acme/repos',
  'POST /acme/{app}.git/git-receive-pack',
  'GET /api/v3/repos/acme/platform-infra/actions/runs/{run}',
  'claim: insert',
  'location: insert',
];
/** The scaffolder stores finished steps only for the recovery of tasks. */
const STEPS = [
  'step: validate',
  'step: trigger-rds',
  'step: template',
  'step: publish',
  'step: register',
  'step: await-rds',
];

/** Longer than a silent task counts as working. */
const STALE_MS = (STALE_TIMEOUT.seconds + 1) * 1_000;

const send = async (
  backstage: BackstageClient,
  form: Record<string, string>,
) => {
  const { status, id, body } = await backstage.createTask(form);
  expect({ status, body }).toEqual({ status: 201, body: { id } });
  return id;
};

const removeHalf = (folder: string) => {
  const files = filesUnder(folder);
  expect(files.length).toBeGreaterThan(10);
  files.forEach((file, index) => {
    if (index % 2 === 0) rmSync(join(folder, file));
  });
};

interface Killed {
  app: string;
  point: KillPoint;
  id: string;
}

/** Kills backends at every moment of a clean run, all tasks at once, and compares what is left with what that run left. */
export const describeKills = (
  mode: string,
  { replicas, recovery }: { replicas: number; recovery: boolean },
) =>
  describe(`SIGKILL of a backend, ${mode}`, () => {
    let all: Replicas;
    let workspaces: string;
    let first: Replica;
    let backstage: BackstageClient;
    let clean: Outcome;
    let points: KillPoint[];

    beforeAll(async () => {
      all = await bootReplicas('killed-app', {
        without: OF_PULL_REQUESTS,
        files: { [REQUEST_WORKFLOW]: readQuickWorkflow() },
      });
      workspaces = createFolder();
      first = await all.start(settings());
      backstage = await all.signIn(first);
      const id = await send(backstage, all.formOf('killed-app-zz'));
      const task = await backstage.finished(id);
      clean = await readOutcome(all, 'killed-app-zz', task);
      points = listKillPoints(
        all.gate.requestsOf('killed-app-zz'),
        await all.database().writesOf('killed-app-zz'),
      );
    });
    afterAll(() => all?.stop());

    const settings = () => ({
      workspaces,
      scaffolder: {
        taskRecovery: { enabled: recovery, staleTimeout: STALE_TIMEOUT },
      },
    });
    const nameOf = (index: number) =>
      `killed-app-${index.toString(36).padStart(2, '0')}`;
    const hold = async (app: string, point: KillPoint) => {
      if ('write' in point) await all.database().hold({ app, ...point });
      else all.gate.hold({ app, ...point });
    };
    /** Whether the task is held at its moment; false if it ended before. */
    const isParked = ({ app, point, id }: Killed) =>
      until(async () => {
        const isHeld =
          'write' in point
            ? await all.database().isParked(app)
            : all.gate.isParked(app);
        if (isHeld) return { held: true };
        const { status } = await backstage.task(id);
        return ['open', 'processing'].includes(status)
          ? undefined
          : { held: false };
      }, `${app} to come to "${point.reason}"`);
    /** Starts the forms of these moments and waits until each has come to its own. */
    const park = async (moments: KillPoint[], from: number) => {
      for (const [index, point] of moments.entries())
        await hold(nameOf(from + index), point);
      const killed = await Promise.all(
        moments.map(async (point, index): Promise<Killed> => {
          const app = nameOf(from + index);
          return { app, point, id: await send(backstage, all.formOf(app)) };
        }),
      );
      const missed: string[] = [];
      for (const one of killed)
        if (!(await isParked(one)).held) missed.push(one.point.reason);
      expect(missed).toEqual([]);
      return killed;
    };

    /**
     * Goes on with a task; without task recovery, by the same form, sent again. A task that had recorded its end needs
     * neither. @returns waits for its end
     */
    const resume = async (
      survivor: BackstageClient,
      { app, id }: Killed,
    ): Promise<() => Promise<Outcome>> => {
      const { status } = await survivor.task(id);
      const { rows } = await all.sql.query(
        'SELECT state FROM scaffolder.goldenpath_claims WHERE task_id = $1',
        [id],
      );
      if (recovery || status !== 'processing')
        return async () => readOutcome(all, app, await survivor.finished(id));
      if (rows[0]?.state === 'done')
        return async () => {
          const outcome = await readOutcome(all, app, {
            id,
            status,
            events: [],
          });
          // The scaffolder ends such a task after scaffolder.taskTimeout, and removes its secrets then.
          const { error, output, secrets } = clean;
          return { ...outcome, status: clean.status, error, output, secrets };
        };
      const again = await send(survivor, all.formOf(app));
      return async () =>
        readOutcome(all, app, await survivor.finished(again), id);
    };

    it('covers every effect', () => {
      expect(clean.status).toBe('completed');
      const covered = points.map(point =>
        'write' in point ? point.write : point.request,
      );
      expect(
        [...EFFECTS, ...(recovery ? STEPS : [])].filter(
          effect => !covered.includes(effect),
        ),
      ).toEqual([]);
    });

    it('leaves what a clean run leaves, wherever it strikes', async () => {
      // One replica meets every moment; the others those after which something exists that no task has recorded.
      const effects = points.filter(
        point => 'write' in point || !point.request.startsWith('GET '),
      );
      const moments =
        replicas === 1 && recovery
          ? [...effects, ...HALF_RENDERED]
          : effects.filter(({ when }) => when === 'after');
      const killed = await park(moments, 0);
      const other = replicas === 1 ? undefined : await all.start();
      await other?.ready();
      killed.push(
        ...(await park(
          [whenStarted(replicas === 1 ? 'after' : 'before')],
          killed.length,
        )),
      );
      await first.kill();
      all.gate.drop();
      await all.database().drop();
      await all.passMinutes(2);
      for (const { point, id } of killed)
        if (point.isHalfRendered) removeHalf(join(workspaces, id));

      const survivor = await all.signIn(other ?? (await all.start(settings())));
      if (!recovery) await sleep(STALE_MS);
      const resumed = await Promise.all(
        killed.map(one => resume(survivor, one)),
      );
      const differences: Record<string, string[]> = {};
      // One after the other: to ask for all of them at once would keep the backend busy.
      for (const [index, end] of resumed.entries()) {
        const found = findDifferences(await end(), clean);
        if (found.length > 0) differences[killed[index].point.reason] = found;
      }
      expect(differences).toEqual({});
    });
  });
