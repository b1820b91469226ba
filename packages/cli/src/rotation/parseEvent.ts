import type { RotateStepInput } from '@goldenpath/plugin-golden-path-node';
import { UsageError } from '../errors';

const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

/** A secret's ARN: Secrets Manager puts a hyphen and six characters behind the name. */
const ARN =
  /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:(.+)-[A-Za-z0-9]{6}$/;

/**
 * Reads the event that Secrets Manager sends to a rotation function:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-lambda-function-overview.html
 * @throws UsageError that names every problem, or a secret of another environment
 */
export const parseEvent = (
  event: unknown,
  { environment, secretPrefix }: { environment: string; secretPrefix: string },
): RotateStepInput & { secretName: string } => {
  const {
    SecretId: secretId,
    ClientRequestToken: token,
    Step: step,
  } = (event ?? {}) as Record<string, unknown>;
  const problems: string[] = [];
  if (typeof secretId !== 'string' || secretId === '')
    problems.push('SecretId: use the ARN or the name of a secret');
  if (typeof token !== 'string' || !/^[A-Za-z0-9-]{32,64}$/.test(token))
    problems.push(
      'ClientRequestToken: use a version id of 32 to 64 letters, digits and hyphens',
    );
  if (typeof step !== 'string' || !STEPS.includes(step))
    problems.push(`Step: use ${STEPS.join(', ')}, not ${JSON.stringify(step)}`);
  if (problems.length > 0)
    throw new UsageError(
      `this is no event of a rotation: ${problems.join('; ')}.`,
    );
  const input = { secretId, token, step } as RotateStepInput;
  const secretName = ARN.exec(input.secretId)?.[1] ?? input.secretId;
  const [start, end] = [`${secretPrefix}/${environment}/`, '/postgres'];
  const key = secretName.slice(start.length, -end.length);
  if (
    !secretName.startsWith(start) ||
    !secretName.endsWith(end) ||
    !/^[A-Za-z0-9_-]+$/.test(key)
  )
    throw new UsageError(
      `this function rotates ${start}<database>${end}, not ${JSON.stringify(
        secretName,
      )}.`,
    );
  return { ...input, secretName };
};
