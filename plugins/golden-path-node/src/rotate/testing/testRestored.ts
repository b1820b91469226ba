import { UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { ServiceUnavailableError } from '@backstage/errors';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import { entry, Instance } from '../../provision/testing/instance';
import { rotateStep } from '../act/rotateStep';
import type { RotationDeps, RotationStep } from '../ports';
import { rotationOn, RotationWorld } from './rotationOn';

/** Secrets that someone restored or replaced, rotations that can't go on, and the time that pods have to fetch. */
export const testRestored = (instance: () => Instance) => {
  let world: RotationWorld;
  beforeAll(async () => {
    world = await rotationOn(instance(), instance().master);
  });
  afterAll(() => world?.stop());

  let count = 0;
  const token = (turn: number) =>
    `22222222-2222-4222-8222-2222222222${count}${turn}`;
  const provisioned = async () => {
    count += 1;
    const app = entry(`restored_${count}`);
    await world.createFor(app);
    expect(await world.run([app])).toMatchObject({ outcome: 'done' });
    return { app, clone: `${app.username}_clone` };
  };
  const rotated = async () => {
    const made = await provisioned();
    world.pass(3);
    expect(await world.rotate(made.app, world.deps([made.app]))).toMatchObject({
      outcome: 'rotated',
    });
    return made;
  };
  const versionOf = async (app: TfvarsEntry, stage: string) =>
    Object.entries(await world.describe(app)).find(([, labels]) =>
      labels.includes(stage),
    )?.[0];
  /** Makes the version before current again, as docs/rotation.md describes it. */
  const restore = async (app: TfvarsEntry) =>
    world.client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: world.idOf(app),
        VersionStage: 'AWSCURRENT',
        RemoveFromVersionId: await versionOf(app, 'AWSCURRENT'),
        MoveToVersionId: await versionOf(app, 'AWSPREVIOUS'),
      }),
    );
  const stagesOf = async (app: TfvarsEntry) =>
    Object.values(await world.describe(app)).sort();
  const ENDED = [['AWSCURRENT'], ['AWSPREVIOUS']];
  const asLambda = (
    app: TfvarsEntry,
    turn: number,
    step: RotationStep,
    deps: RotationDeps = world.deps(undefined),
  ) =>
    rotateStep(deps, { secretId: world.idOf(app), token: token(turn), step });

  it('a secret that was restored by hand stays so, until the next rotation gives the other login a new password', async () => {
    const { app, clone } = await rotated();
    const turnedBack = await world.valueAt(app, 'AWSCURRENT');
    world.pass(3);
    await restore(app);
    expect(await stagesOf(app)).toEqual(ENDED);
    expect(
      await world.rotate(app, world.deps([app]), { isAskedFor: false }),
    ).toMatchObject({
      outcome: 'unchanged',
      reason: expect.stringContaining('pods may still use'),
    });
    world.pass(3);
    expect(
      await world.rotate(app, world.deps([app]), { isAskedFor: false }),
    ).toMatchObject({
      outcome: 'unchanged',
      reason: expect.stringMatching(/^due on /),
    });
    expect(await world.valueAt(app, 'AWSCURRENT')).toMatchObject({
      username: app.username,
    });
    expect(await world.rotate(app, world.deps([app]))).toMatchObject({
      outcome: 'rotated',
      login: clone,
    });
    expect((await world.valueAt(app, 'AWSCURRENT'))?.password).not.toBe(
      turnedBack?.password,
    );
    expect(await stagesOf(app)).toEqual(ENDED);
    expect(await world.run([app])).toMatchObject({ changes: 0 });
  });

  it('a restored version that still has AWSPENDING is not rotated to, and loses the label', async () => {
    const { app } = await provisioned();
    world.pass(3);
    const secrets = {
      ...world.secrets,
      dropPending: async () => {
        throw new ServiceUnavailableError('killed');
      },
    };
    for (const step of ['createSecret', 'setSecret', 'testSecret'] as const)
      await asLambda(app, 1, step);
    await expect(
      asLambda(app, 1, 'finishSecret', world.deps(undefined, { secrets })),
    ).rejects.toThrow('killed');
    expect(await versionOf(app, 'AWSPENDING')).toBe(token(1));
    await restore(app);
    world.pass(3);
    expect(
      await world.rotate(app, world.deps([app]), { isAskedFor: false }),
    ).toMatchObject({ outcome: 'unchanged' });
    expect(await world.valueAt(app, 'AWSCURRENT')).toMatchObject({
      username: app.username,
    });
    await expect(asLambda(app, 1, 'createSecret')).rejects.toThrow(
      /it was current before\. Its label AWSPENDING is removed/,
    );
    expect(await stagesOf(app)).toEqual(ENDED);
  });

  it('killed between AWSCURRENT and its label AWSPENDING, the next run removes the label', async () => {
    const { app } = await provisioned();
    world.pass(3);
    const secrets = {
      ...world.secrets,
      dropPending: async () => {
        throw new Error('killed');
      },
    };
    await expect(
      world.rotate(app, world.deps([app], { secrets })),
    ).rejects.toThrow('killed');
    expect(await stagesOf(app)).toEqual([
      ['AWSPENDING', 'AWSCURRENT'],
      ['AWSPREVIOUS'],
    ]);
    expect(await world.rotate(app, world.deps([app]))).toMatchObject({
      outcome: 'unchanged',
    });
    expect(await stagesOf(app)).toEqual(ENDED);
  });

  describe('a pending version whose login became current', () => {
    const stale = async () => {
      const { app, clone } = await rotated();
      world.pass(3);
      await asLambda(app, 1, 'createSecret');
      await world.put(app, { username: app.username, password: 'put back' });
      await world.run([app]);
      world.pass(3);
      return { app, clone };
    };

    it('loses its label at createSecret, so that another can begin', async () => {
      const { app, clone } = await stale();
      await expect(asLambda(app, 1, 'createSecret')).rejects.toThrow(
        /the current version was replaced since\. Its label AWSPENDING is removed\. Start the rotation again/,
      );
      expect(await stagesOf(app)).toEqual(ENDED);
      for (const step of [
        'createSecret',
        'setSecret',
        'testSecret',
        'finishSecret',
      ] as const)
        expect(await asLambda(app, 2, step)).toMatchObject({ login: clone });
      expect(await stagesOf(app)).toEqual(ENDED);
    });

    it('where the label can not be removed, names the command', async () => {
      const { app } = await stale();
      const secrets = {
        ...world.secrets,
        dropPending: async () => {
          throw new ServiceUnavailableError('denied');
        },
      };
      await expect(
        asLambda(app, 1, 'createSecret', world.deps(undefined, { secrets })),
      ).rejects.toThrow(
        `aws secretsmanager update-secret-version-stage --secret-id ${world.idOf(
          app,
        )} --version-stage AWSPENDING --remove-from-version-id ${token(1)}`,
      );
    });
  });

  describe('within two hours', () => {
    it('the function writes nothing, then does', async () => {
      const { app, clone } = await provisioned();
      const before = await world.describe(app);
      await expect(asLambda(app, 1, 'createSecret')).rejects.toThrow(
        /pods may still use the password before; the next rotation can begin at/,
      );
      expect(await world.describe(app)).toEqual(before);
      world.pass(2);
      expect(await asLambda(app, 1, 'createSecret')).toMatchObject({
        outcome: 'done',
        login: clone,
      });
    });

    it('of a rotation by Secrets Manager that ended late, the function writes nothing', async () => {
      const { app } = await rotated();
      world.pass(3);
      const secrets = {
        ...world.secrets,
        describe: async (id: string) => ({
          ...(await world.secrets.describe(id)),
          rotatedAt: world.deps([app]).now(),
        }),
      };
      await expect(
        asLambda(app, 1, 'createSecret', world.deps(undefined, { secrets })),
      ).rejects.toThrow('pods may still use');
    });

    it('of the end of a rotation that began before, a run waits', async () => {
      const { app } = await rotated();
      world.pass(3);
      await asLambda(app, 1, 'createSecret');
      world.pass(6);
      expect(await world.rotate(app, world.deps([app]))).toMatchObject({
        outcome: 'rotated',
      });
      expect(await world.rotate(app, world.deps([app]))).toMatchObject({
        outcome: 'unchanged',
        reason: expect.stringContaining('pods may still use'),
      });
      expect(
        await world.rotate(app, world.deps([app]), { isForced: true }),
      ).toMatchObject({ outcome: 'rotated' });
    });

    it('a run leaves what Secrets Manager began, and goes on with it later', async () => {
      const { app } = await rotated();
      const secrets = {
        ...world.secrets,
        describe: async (id: string) => {
          const secret = await world.secrets.describe(id);
          return {
            ...secret,
            stages: new Map([...secret.stages, [token(1), ['AWSPENDING']]]),
            // RotateSecret was called now.
            changedAt: world.deps([app]).now(),
          };
        },
      };
      const run = () =>
        world.rotate(app, world.deps([app], { secrets }), {
          isAskedFor: false,
          isDryRun: true,
        });
      expect(await run()).toMatchObject({ outcome: 'unchanged' });
      world.pass(3);
      expect(await run()).toMatchObject({
        outcome: 'planned',
        reason: `ends the rotation that began with version ${token(1)}`,
      });
    });
  });
};
