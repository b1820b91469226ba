import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import {
  DescribeSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { secretName } from '@goldenpath/plugin-golden-path-common';
import { readPorts } from './ports';
import { rotationArn } from './rotationFunctions';

const LONGEST_MS = 120_000;

/**
 * Rotates one database's password on the running local platform, as AWS does on its schedule, and waits for the end.
 * @returns the exit code
 */
export const rotateLocally = async (
  root: string,
  { argv, env }: Pick<NodeJS.Process, 'argv' | 'env'>,
): Promise<number> => {
  const [, , environment, database] = argv;
  if (!environment || !database) {
    process.stderr.write(
      'Use make local-rotate ENV=<environment> DATABASE=<database>.\n',
    );
    return 64;
  }
  const stateDir = env.GOLDENPATH_STATE_DIR ?? join(root, '.local');
  const SecretId = secretName(environment, database);
  try {
    const client = new SecretsManagerClient({
      endpoint: `http://localhost:${readPorts(env).secretsManager}`,
      region: 'eu-central-1',
      credentials: {
        accessKeyId: await readFile(
          join(stateDir, 'aws-access-key-id'),
          'utf8',
        ),
        secretAccessKey: 'local',
      },
    });
    const { VersionId = '' } = await client.send(
      new RotateSecretCommand({
        SecretId,
        RotationLambdaARN: rotationArn(environment),
        RotationRules: { AutomaticallyAfterDays: 30 },
      }),
    );
    const end = Date.now() + LONGEST_MS;
    while (Date.now() < end) {
      const { VersionIdsToStages = {} } = await client.send(
        new DescribeSecretCommand({ SecretId }),
      );
      if (VersionIdsToStages[VersionId]?.includes('AWSCURRENT')) {
        process.stdout.write(`Rotated ${SecretId}.\n`);
        return 0;
      }
      await sleep(500);
    }
    process.stderr.write(
      `${SecretId} has not rotated yet: ${stateDir}/rotation.log has the reason.\n`,
    );
  } catch (error) {
    process.stderr.write(
      `${SecretId} was not rotated: ${(error as Error).message.replace(
        /\.?$/,
        '.',
      )} Is the local platform running (make start)?\n`,
    );
  }
  return 1;
};
