import { ServiceUnavailableError } from '@backstage/errors';
import type { PostgresVersion } from '@goldenpath/local-postgres';
import { itRunsAt } from '../../../../../tests/support/matrix';
import { entry, Instance } from '../../provision/testing/instance';
import { startProxy } from '../../provision/testing/startProxy';
import { rotateStep } from '../act/rotateStep';
import type { RotationSecrets, RotationStep } from '../ports';
import { failAt, type provideWorlds } from './rotationOn';

const STEPS: RotationStep[] = [
  'createSecret',
  'setSecret',
  'testSecret',
  'finishSecret',
];

/** What must hold of rotations on one version of PostgreSQL, with both kinds of master. */
export const testRotations = (
  version: PostgresVersion,
  instance: () => Instance,
  worldOf: ReturnType<typeof provideWorlds>,
) => {
  describe.each(['master', 'superuser'] as const)('as %s', runAs => {
    const itRuns = itRunsAt({ version, runAs });
    const world = () => worldOf(runAs);

    const provisioned = async (name: string) => {
      const app = entry(`${name}_${runAs}`);
      await world().createFor(app);
      expect(await world().run([app])).toMatchObject({ outcome: 'done' });
      return { app, clone: `${app.username}_clone` };
    };
    const expectClean = async (app: ReturnType<typeof entry>) => {
      expect(
        await world().run([app], { mode: 'check', strict: true }),
      ).toMatchObject({ outcome: 'done', databases: [{ problems: [] }] });
      expect(await world().run([app])).toMatchObject({
        outcome: 'done',
        changes: 0,
      });
    };
    /** One version is current, one is previous, and none is pending. */
    const expectEnded = async (
      app: ReturnType<typeof entry>,
      current: string,
    ) => {
      expect(Object.values(await world().describe(app)).sort()).toEqual([
        ['AWSCURRENT'],
        ['AWSPREVIOUS'],
      ]);
      for (const stage of ['AWSCURRENT', 'AWSPREVIOUS'])
        expect(
          await world().query(app, stage, 'SELECT current_user::text AS me'),
        ).toEqual([{ me: app.username }]);
      expect(await world().valueAt(app, 'AWSCURRENT')).toMatchObject({
        username: current,
      });
    };

    itRuns.perMaster(
      'alternate between two logins, and the one before stays valid',
      async () => {
        const { app, clone } = await provisioned('turns');
        await world().query(
          app,
          'AWSCURRENT',
          'CREATE TABLE at_0 AS SELECT 1 AS n',
        );
        const logins = [clone, app.username, clone];
        const passwords: string[] = [];
        for (const [turn, login] of logins.entries()) {
          const before = await world().valueAt(app, 'AWSCURRENT');
          world().pass(3);
          expect(await world().rotate(app, world().deps([app]))).toMatchObject({
            outcome: 'rotated',
            login,
          });
          await expectEnded(app, login);
          passwords.push((await world().valueAt(app, 'AWSCURRENT'))!.password);
          expect(await world().valueAt(app, 'AWSPREVIOUS')).toEqual(before);
          await expectClean(app);
          for (const stage of ['AWSCURRENT', 'AWSPREVIOUS']) {
            const table = `at_${turn + 1}_${stage.toLowerCase()}`;
            await world().query(
              app,
              stage,
              `CREATE TABLE ${table} AS SELECT * FROM at_0; INSERT INTO at_0 VALUES (2); ALTER TABLE at_0 ADD COLUMN c_${table} int`,
            );
          }
        }
        expect(
          await world().query(
            app,
            'AWSCURRENT',
            `SELECT DISTINCT tableowner::text FROM pg_tables WHERE schemaname = 'public'`,
          ),
        ).toEqual([{ tableowner: app.username }]);
        for (const password of passwords)
          expect(instance().log() + JSON.stringify(world().rows)).not.toContain(
            password,
          );
        expect(
          world()
            .rows.filter(({ database }) => database === app.databaseName)
            .filter(({ action }) => /clone|rotate/.test(action))
            .map(({ action, status, username }) => [action, status, username]),
        ).toEqual([
          ['create_clone', 'success', app.username],
          ...logins.map(login => ['rotate_password', 'success', login]),
        ]);
      },
    );

    itRuns.perMaster(
      'are repeatable step by step, without the entries, as a Lambda calls them',
      async () => {
        const { app, clone } = await provisioned('lambda');
        for (const [turn, login] of [clone, app.username, clone].entries()) {
          const token = `00000000-0000-4000-8000-00000000000${turn}`;
          world().pass(3);
          for (const step of STEPS) {
            for (const outcome of [
              'done',
              step === 'testSecret' ? 'done' : 'done already',
            ])
              expect(
                await rotateStep(world().deps(undefined), {
                  secretId: world().idOf(app),
                  token,
                  step,
                }),
              ).toEqual({ outcome, login });
            await expectClean(app);
          }
          await expectEnded(app, login);
        }
      },
    );

    const killAtEachCall = (when: 'request' | 'answer') => async () => {
      const { app, clone } = await provisioned(`killed_${when}`);
      let killed = 0;
      for (let at = 1; ; at += 1) {
        const login = killed % 2 === 0 ? clone : app.username;
        world().pass(3);
        const tokens = new Set<string>();
        const watched: RotationSecrets = {
          ...world().secrets,
          putPending: (id, token, text) => {
            tokens.add(token);
            return world().secrets.putPending(id, token, text);
          },
        };
        const secrets = failAt(watched, at, when);
        const first = await world()
          .rotate(app, world().deps([app], { secrets }))
          .catch((error: Error) => error.message);
        if (!secrets.hasFailed()) break;
        expect(first).toBe('killed');
        // Until it ended, the login before is current; the provisioner leaves it so.
        expect(await world().run([app])).toMatchObject({
          outcome: 'done',
          changes: 0,
        });
        expect(
          (await world().rotate(app, world().deps([app], { secrets: watched })))
            .outcome,
        ).toMatch(/^(rotated|unchanged)$/);
        await expectEnded(app, login);
        expect(tokens.size).toBe(1);
        // Each has its row, also where the answer that was lost was the last.
        const [token] = tokens;
        expect(
          world().rows.filter(
            ({ action, status, message }) =>
              action === 'rotate_password' &&
              status !== 'failed' &&
              message.includes(token),
          ),
        ).toHaveLength(1);
        killed += 1;
      }
      expect(killed).toBeGreaterThan(12);
      await expectClean(app);
    };
    itRuns.onlyInMatrix(
      'killed at each answer of Secrets Manager and run again, end alike',
      killAtEachCall('answer'),
    );
    itRuns.onlyInMatrix(
      'killed at each request to Secrets Manager and run again, end alike',
      killAtEachCall('request'),
    );

    itRuns.once.each(['putPending', 'moveCurrent', 'dropPending'] as const)(
      'the lost answer of %s is no failure: what it did is seen',
      async call => {
        const { app, clone } = await provisioned(`lost_${call.toLowerCase()}`);
        world().pass(3);
        let lost = 0;
        const secrets: RotationSecrets = {
          ...world().secrets,
          [call]: async (...args: [string, never, never]) => {
            await world().secrets[call](...args);
            lost += 1;
            throw new ServiceUnavailableError('no answer');
          },
        };
        expect(
          await world().rotate(app, world().deps([app], { secrets })),
        ).toMatchObject({ outcome: 'rotated', login: clone });
        expect(lost).toBe(1);
        await expectEnded(app, clone);
        await expectClean(app);
      },
    );

    const cutAtEachStatement = (at: 'request' | 'answer') => async () => {
      const proxy = await startProxy(instance());
      try {
        let statements = 1;
        for (; ; statements += 1) {
          const { app, clone } = await provisioned(`cut_${at}${statements}`);
          world().pass(3);
          proxy.cutAt({ statements, at });
          const first = await world()
            .rotate(app, world().deps([app], { options: { port: proxy.port } }))
            .then(({ outcome }) => outcome)
            .catch((error: Error) => error.name);
          if (!proxy.heal()) {
            expect(first).toBe('rotated');
            break;
          }
          expect(first).toMatch(/^(failed|rotated|ServiceUnavailableError)$/);
          expect(
            (await world().rotate(app, world().deps([app]))).outcome,
          ).toMatch(/^(rotated|unchanged)$/);
          await expectEnded(app, clone);
          await expectClean(app);
        }
        // setSecret is one transaction, and so one message.
        expect(statements).toBeGreaterThan(1);
      } finally {
        await proxy.stop();
      }
    };
    itRuns.onlyInMatrix(
      'cut off at each answer of the server and run again, end alike',
      cutAtEachStatement('answer'),
    );
    itRuns.onlyInMatrix(
      'cut off at each request to the server and run again, end alike',
      cutAtEachStatement('request'),
    );
  });
};
