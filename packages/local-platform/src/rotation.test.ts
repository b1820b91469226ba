import { join, resolve } from 'node:path';
import {
  DescribeSecretCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { secretName } from '@goldenpath/plugin-golden-path-common';
import { createFolder } from '../../../tests/support/createFolder';
import { query } from '../../../tests/support/postgres';
import {
  ROTATION_LAMBDA,
  startRotatedDatabase,
} from '../../../tests/support/rotatedDatabase';
import { awsVariables, createSecret } from '../../../tests/support/secrets';
import { createRotationFunctions, rotationArn } from './rotationFunctions';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The handler in the archive of `make cli`, called by Secrets Manager. */
describe('rotation by the Lambda handler', () => {
  let rotated: Awaited<ReturnType<typeof startRotatedDatabase>>;
  beforeAll(async () => {
    rotated = await startRotatedDatabase();
    expect(await rotated.provision()).toMatchObject({ code: 0 });
  });
  afterAll(() => rotated?.stop());

  const whoIs = async ({
    username,
    password,
  }: {
    username: string;
    password: string;
  }) => {
    const { host, port, caFile } = rotated.postgres;
    const [row] = await query<{ login: string; acts: string }>(
      { host, port, database: 'users_db', user: username, password, caFile },
      'SELECT session_user AS login, current_user AS acts',
    );
    return row;
  };
  const OWNER = { login: 'users_app_user', acts: 'users_app_user' };
  const CLONE = { login: 'users_app_user_clone', acts: 'users_app_user' };

  it('tests the current login where rotation is turned on without rotating', async () => {
    const current = await rotated.read();
    await rotated.rotate({ isImmediate: false });
    expect(rotated.reports).toEqual([]);
    expect(rotated.log.join('\n')).toContain('"step":"testSecret"');
    expect(rotated.log.join('\n')).not.toContain('"step":"createSecret"');
    expect(await rotated.read()).toEqual(current);
    // One whose password is not the server's.
    await rotated.write({ ...current, password: 'another' });
    await rotated.rotate({ isImmediate: false });
    expect(rotated.reports).toMatchObject([
      {
        failure: {
          step: 'testSecret',
          error: {
            message: expect.stringContaining(
              "users_app_user can't log in to database users_db",
            ),
          },
        },
      },
    ]);
    rotated.reports.pop();
    await rotated.write(current);
  });

  it('alternates the logins, and what pods still hold stays valid', async () => {
    const seen = [await rotated.read()];
    await rotated.rotate();
    for (const expected of [CLONE, OWNER, CLONE]) {
      expect(rotated.reports.at(-1)).not.toHaveProperty('failure');
      const [current, previous] = [
        await rotated.read(),
        await rotated.read('AWSPREVIOUS'),
      ];
      expect(await whoIs(current)).toEqual(expected);
      expect(previous).toEqual(seen.at(-1));
      expect(await whoIs(previous)).toEqual(expected === CLONE ? OWNER : CLONE);
      seen.push(current);
      rotated.clock.now += 31 * DAY_MS;
      await rotated.service.rotateDue();
    }
    expect(rotated.reports).toHaveLength(4);
    expect(new Set(seen.map(({ password }) => password)).size).toBe(4);
    const printed = rotated.log.join('\n');
    expect(printed).toContain('"step":"finishSecret"');
    expect(printed).toContain('"action":"rotate_password"');
    for (const { password } of [...seen, await rotated.read()])
      expect(printed).not.toContain(password);
  });

  it('leaves nothing that a check or the provisioner would change', async () => {
    expect(await rotated.provision('--check')).toMatchObject({ code: 0 });
    const current = await rotated.read();
    expect(await rotated.provision()).toMatchObject({
      code: 0,
      out: expect.stringContaining('Nothing to do.'),
    });
    expect(await rotated.read()).toEqual(current);
  });

  it('fails by the words of the handler for a secret that it does not rotate, and keeps its value', async () => {
    const other = secretName('prod', 'users_db');
    await createSecret(rotated.client, other, await rotated.read());
    await rotated.client.send(
      new RotateSecretCommand({
        SecretId: other,
        RotationLambdaARN: ROTATION_LAMBDA,
      }),
    );
    await rotated.service.settle();
    expect(rotated.reports.at(-1)).toMatchObject({
      secret: other,
      failure: {
        step: 'createSecret',
        error: {
          message: expect.stringContaining(
            'this function rotates goldenpath/dev/<database>/postgres',
          ),
        },
      },
    });
    const { VersionIdsToStages } = await rotated.client.send(
      new DescribeSecretCommand({ SecretId: other }),
    );
    expect(Object.values(VersionIdsToStages!).flat().sort()).toEqual([
      'AWSCURRENT',
      'AWSPENDING',
    ]);
  });

  it('refuses within two hours and leaves the version for the next attempt; on the local platform it does not wait', async () => {
    rotated.clock.now = Date.now();
    const SecretId = secretName('dev', 'users_db');
    await rotated.client.send(
      new PutSecretValueCommand({
        SecretId,
        SecretString: JSON.stringify(await rotated.read()),
      }),
    );
    await rotated.rotate();
    expect(rotated.reports.at(-1)).toMatchObject({
      failure: {
        step: 'createSecret',
        error: { message: expect.stringContaining('pods may still use') },
      },
    });
    const { byArn, stop } = createRotationFunctions({
      root: resolve(__dirname, '../../..'),
      environments: ['dev'],
      env: {
        ...awsVariables(rotated.service.url),
        GOLDENPATH_CA_FILE: rotated.postgres.caFile,
      },
      logFile: join(createFolder(), 'rotation.log'),
    });
    try {
      const { ARN = '' } = await rotated.client.send(
        new DescribeSecretCommand({ SecretId }),
      );
      await byArn[rotationArn('dev')]({
        SecretId: ARN,
        ClientRequestToken: rotated.reports.at(-1)!.versionId,
        Step: 'createSecret',
      });
    } finally {
      await stop();
    }
    expect((await rotated.read('AWSPENDING')).password).not.toBe(
      (await rotated.read()).password,
    );
  });
});
