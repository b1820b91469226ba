import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type {
  RotationFunction,
  RotationReport,
} from '@goldenpath/local-secrets-manager';
import { createRotationFunction } from './rotationFunction';

/** The ARN under which Secrets Manager rotates the databases of an environment, as platform/rotation names its function. */
export const rotationArn = (environment: string) =>
  `arn:aws:lambda:eu-central-1:123456789012:function:goldenpath-rotate-${environment}`;

/** One rotation function for each environment. Their output and the end of each rotation go to a file. */
export const createRotationFunctions = ({
  root,
  environments,
  env,
  logFile,
}: {
  /** The workspace. */
  root: string;
  environments: readonly string[];
  env: Record<string, string>;
  logFile: string;
}) => {
  const log = (line: string) =>
    appendFileSync(logFile, `${line}\n`, { mode: 0o600 });
  const functions = environments.map(environment => ({
    arn: rotationArn(environment),
    ...createRotationFunction({
      runner: resolve(root, 'packages/local-platform/bin-shims/lambda.js'),
      file: resolve(root, 'packages/cli/lambda.js'),
      env: {
        ...env,
        GOLDENPATH_ENVIRONMENT: environment,
        // For `make local-rotate` on a database that has just been created.
        GOLDENPATH_FORCE: 'true',
      },
      log,
    }),
  }));
  return {
    byArn: Object.fromEntries(
      functions.map(({ arn, invoke }): [string, RotationFunction] => [
        arn,
        invoke,
      ]),
    ),
    report: ({ secret, failure }: RotationReport) =>
      log(
        failure
          ? `${secret}: ${failure.step} failed: ${
              (failure.error as Error).message
            }`
          : `${secret}: rotated`,
      ),
    stop: async () => {
      await Promise.all(functions.map(one => one.stop()));
    },
  };
};
