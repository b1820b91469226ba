import {
  DEFAULT_SECRET_PREFIX,
  HOST_RULE,
  isHost,
  isPort,
  PORT_RULE,
} from '@goldenpath/plugin-golden-path-common';
import { UsageError } from '../errors';

export interface RotationSettings {
  environment: string;
  secretPrefix: string;
  masterSecret?: string;
  host?: string;
  port?: number;
  caFile?: string;
  /** Begin a rotation although pods may still use the password before. */
  isForced: boolean;
}

/**
 * Reads the variables of the Lambda function. An empty one is not set.
 * @throws UsageError that names every problem
 */
export const readSettings = (
  env: Readonly<Record<string, string | undefined>>,
): RotationSettings => {
  const read = (name: string) => env[`GOLDENPATH_${name}`]?.trim() || undefined;
  const environment = read('ENVIRONMENT');
  const host = read('RDS_HOST');
  const port = read('RDS_PORT');
  const force = read('FORCE');
  const problems: string[] = [];
  if (!environment || !/^[a-z][a-z0-9]{1,14}$/.test(environment))
    problems.push(
      'GOLDENPATH_ENVIRONMENT: use 2 to 15 lower-case letters and digits, beginning with a letter',
    );
  if (host !== undefined && !isHost(host))
    problems.push(`GOLDENPATH_RDS_HOST: ${HOST_RULE}`);
  if (port !== undefined && !isPort(port))
    problems.push(`GOLDENPATH_RDS_PORT: ${PORT_RULE}`);
  if (force !== undefined && force !== 'true')
    problems.push('GOLDENPATH_FORCE: use true, or remove it');
  if (!environment || problems.length > 0)
    throw new UsageError(
      `the function's variables are invalid: ${problems.join('; ')}.`,
    );
  return {
    environment,
    secretPrefix: read('SECRET_PREFIX') ?? DEFAULT_SECRET_PREFIX,
    masterSecret: read('MASTER_SECRET'),
    host,
    port: port === undefined ? undefined : Number(port),
    caFile: read('CA_FILE'),
    isForced: force === 'true',
  };
};
