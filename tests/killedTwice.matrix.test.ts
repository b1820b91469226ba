import { join } from 'node:path';
import { until } from './support/platform';
import { bootReplicas, Replicas } from './support/replica/bootReplicas';
import { findDifferences, readOutcome } from './support/replica/readOutcome';
import { Replica } from './support/replica/startReplica';
import { SharedInstance, startSharedInstance } from './support/sharedInstance';

const CLEAN = 'story-app-00';
const KILLED = 'story-app-01';

/** Two answers of GitHub that a killed backend never reads: its task must not ask for the same again. */
const LOST = [
  'POST /api/v3/repos/acme/platform-infra/actions/workflows/create-rds-database.yml/dispatches',
  'POST /acme/{app}.git/git-receive-pack',
];

/** Every moment: killedBackend*.matrix.test.ts. */
describe('a form whose backend is killed twice', () => {
  let instance: SharedInstance;
  let all: Replicas;

  beforeAll(async () => {
    instance = await startSharedInstance(['dev']);
    all = await bootReplicas('story-app', {
      folder: join(instance.folder, 'platform'),
      runnerEnv: instance.runnerEnv,
      // No other request is open.
      without: ['rds-database-rebase.yml'],
    });
    await all.infra.setVariables(instance.postgres.caFile);
  });
  afterAll(async () => {
    await all?.stop();
    await instance?.stop();
  });

  it('leads to one run, one repository, one pull request and one database', async () => {
    let running: Replica = await all.start();
    let backstage = await all.signIn(running);
    const cleanTask = await backstage.createTask(all.formOf(CLEAN));
    const clean = await readOutcome(
      all,
      CLEAN,
      await backstage.finished(cleanTask.id),
    );
    expect(clean.status).toBe('completed');

    const isParked = () => all.gate.isParked(KILLED);
    all.gate.hold({ app: KILLED, request: LOST[0], nth: 1, when: 'after' });
    const { id } = await backstage.createTask(all.formOf(KILLED));
    for (const [index] of LOST.entries()) {
      const next = await all.start();
      await until(isParked, LOST[index]);
      await running.kill();
      all.gate.drop();
      if (index + 1 < LOST.length)
        all.gate.hold({
          app: KILLED,
          request: LOST[index + 1],
          nth: 1,
          when: 'after',
        });
      running = next;
      backstage = await all.signIn(running);
    }
    const task = await backstage.finished(id);
    expect(
      findDifferences(await readOutcome(all, KILLED, task), clean),
    ).toEqual([]);

    const { databaseName, username } = all.formOf(KILLED);
    const pull = await all.infra.pullOf(`database/dev/${databaseName}`);
    expect((await all.infra.merge(pull!.number)).status).toBe(200);
    await all.infra.github.actions.idle();
    expect(await instance.logIn('dev', databaseName)).toEqual({
      database: databaseName,
      user: username,
    });
    const client = await instance.postgres.connectAsSuperuser();
    const { rows } = await client.query(
      "SELECT datname FROM pg_database WHERE datname LIKE 'story%'",
    );
    await client.end();
    expect(rows).toEqual([{ datname: databaseName }]);
  });
});
