import type {
  Connect,
  rotateStep as runStep,
  RotationSecrets,
} from '@goldenpath/plugin-golden-path-node';
import { refuseProblems } from '../checkedOption';
import { describeError } from '../errors';
import { readGiven } from '../givenFile';
import { parseEvent } from './parseEvent';
import { readSettings } from './readSettings';

/** The ports of the handler. Each is created once for an execution environment, on its first event. */
export interface HandlerDeps {
  env: Readonly<Record<string, string | undefined>>;
  now(): Date;
  rotateStep: typeof runStep;
  secrets(): RotationSecrets;
  connect(options: { ca?: string; caFile?: string }): Connect;
  /** Writes one line to the function's log. */
  write(line: string): void;
}

/** What this handler uses of Lambda's context. */
export interface LambdaContext {
  awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** Kept back from the function's timeout for a rollback and the answer. */
const RESERVE_MS = 3_000;

/**
 * A Lambda handler that rotates the secrets of one environment's databases: one of Secrets Manager's four steps a call.
 * Its log is JSON lines with steps, changes and the rows of the audit, and never a password.
 */
export const createHandler = (deps: HandlerDeps) => {
  let ports: { secrets: RotationSecrets; connect: Connect } | undefined;
  const openPorts = async (caFile: string | undefined) => {
    const problems: string[] = [];
    const ca = await readGiven(problems, 'GOLDENPATH_CA_FILE', caFile);
    refuseProblems(problems);
    return {
      secrets: deps.secrets(),
      connect: deps.connect({ ca: ca?.text, caFile: ca?.path }),
    };
  };
  const write = (line: object) => deps.write(JSON.stringify(line));

  const rotate = async (event: unknown, context: LambdaContext) => {
    const { environment, caFile, isForced, ...options } = readSettings(
      deps.env,
    );
    const { secretName, ...input } = parseEvent(event, {
      environment,
      secretPrefix: options.secretPrefix,
    });
    ports ??= await openPorts(caFile);
    const timeLeft = Math.max(
      context.getRemainingTimeInMillis() - RESERVE_MS,
      1_000,
    );
    const { outcome } = await deps.rotateStep(
      {
        ...ports,
        audit: {
          read: async () => [],
          append: async rows => rows.forEach(row => write({ audit: row })),
        },
        report: write,
        now: deps.now,
        options: {
          ...options,
          runId: context.awsRequestId,
          lockTimeoutMs: timeLeft,
          signal: AbortSignal.timeout(timeLeft),
        },
      },
      { ...input, isForced },
    );
    write({ secret: secretName, step: input.step, outcome });
  };

  return async (event: unknown, context: LambdaContext): Promise<void> => {
    try {
      await rotate(event, context);
    } catch (error) {
      // Secrets Manager tries a rotation again that has thrown. A cause could hold a statement, so none is passed on.
      throw new RotationError(describeError(error).text);
    }
  };
};

class RotationError extends Error {
  readonly name = 'RotationError';
}
