import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { createServer, IncomingMessage } from 'node:http';
import { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { findHostRefusal, findKeyRefusal } from './access';
import { Secret, ServiceError } from './model';
import { createRotation, RotationFunction, RotationReport } from './rotation';
import { createSecretOperations } from './secrets';
import { createValueOperations } from './values';

const TARGET_PREFIX = 'secretsmanager.';
/** A rotation that hangs doesn't hold up a stop for longer. */
const LONGEST_STOP_MS = 5_000;
/** A client that reuses a connection at the moment that it is closed here gets a reset; few wait so long. */
const LONGEST_IDLE_MS = 600_000;

export interface LocalSecretsManager {
  url: string;
  port: number;
  /** Begins the rotations that are due by the clock, and those that failed before. Resolves when all have ended. */
  rotateDue(): Promise<void>;
  /** Resolves when no rotation is running. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A stand-in for AWS Secrets Manager: its JSON 1.1 protocol over plain HTTP on loopback, and the operations and errors
 * that this project uses. Its state is one file that only its user may read. Signatures are not checked.
 */
export const startSecretsManager = async (options: {
  port: number;
  stateFile: string;
  /** The only access key that is answered. Undefined: every request is, also an unsigned one. */
  accessKeyId?: string;
  /** Milliseconds since 1970, for dates and schedules. Default: Date.now. */
  now?: () => number;
  /** What RotateSecret calls, by the ARN of the Lambda function. Default: none, so no secret can rotate. */
  rotationFunctions?: Record<string, RotationFunction>;
  /** Told of each rotation's end. An error may hold what the function put into it. */
  reportRotation?: (report: RotationReport) => void;
}): Promise<LocalSecretsManager> => {
  const { now = Date.now } = options;
  const secrets = read(options.stateFile);
  const store = {
    secrets,
    now: () => Math.floor(now() / 1000),
    save: () => write(options.stateFile, secrets),
  };
  const rotation = createRotation(store, {
    functions: options.rotationFunctions ?? {},
    report: options.reportRotation ?? (() => {}),
  });
  const operations = {
    ...createSecretOperations(store),
    ...createValueOperations(store),
    ...rotation.operations,
  };

  const answer = (target: string, body: string): Answer => {
    const name = target.replace(TARGET_PREFIX, '');
    if (!target.startsWith(TARGET_PREFIX) || !Object.hasOwn(operations, name))
      return createFailure(
        400,
        'UnknownOperationException',
        `The local Secrets Manager has no operation ${JSON.stringify(target)}.`,
      );
    let input;
    try {
      input = JSON.parse(body || '{}');
    } catch {
      return createFailure(
        400,
        'SerializationException',
        'The body is not JSON.',
      );
    }
    try {
      const result = operations[name as keyof typeof operations](input);
      if (!/^(Get|Batch|List|Describe)/.test(name)) store.save();
      return { status: 200, body: result };
    } catch (error) {
      if (error instanceof ServiceError)
        return createFailure(400, error.type, error.message);
      // The message of another error may hold a value.
      return createFailure(
        500,
        'InternalServiceError',
        `The local Secrets Manager failed in ${name}.`,
      );
    }
  };

  const server = createServer(async (request, response) => {
    const refusedHost = findHostRefusal(request.headers.host);
    if (refusedHost) {
      response.writeHead(421, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(refusedHost);
      return;
    }
    if (request.method !== 'POST') {
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(
        'Local Secrets Manager: the protocol of AWS Secrets Manager, for AWS_ENDPOINT_URL_SECRETS_MANAGER.\n',
      );
      return;
    }
    const text = await readText(request);
    const refused = findKeyRefusal(request.headers, options.accessKeyId);
    const { status, body } = refused
      ? createFailure(400, refused.type, refused.message)
      : answer(String(request.headers['x-amz-target'] ?? ''), text);
    response.writeHead(status, {
      'content-type': 'application/x-amz-json-1.1',
    });
    response.end(JSON.stringify(body));
  });
  server.keepAliveTimeout = LONGEST_IDLE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    port,
    rotateDue: rotation.rotateDue,
    settle: rotation.settle,
    stop: async () => {
      await Promise.race([rotation.settle(), waitAtMost(LONGEST_STOP_MS)]);
      await new Promise<void>(done => {
        server.close(() => done());
        server.closeAllConnections();
      });
    },
  };
};

const waitAtMost = (ms: number) =>
  new Promise<void>(done => {
    setTimeout(done, ms).unref();
  });

interface Answer {
  status: number;
  body: object;
}

/** An error in the JSON 1.1 protocol. */
const createFailure = (
  status: number,
  type: string,
  message: string,
): Answer => ({
  status,
  body: { __type: type, message },
});

const readText = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

const read = (file: string): Map<string, Secret> =>
  new Map(
    existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8')) as Secret[]).map(secret => [
          secret.name,
          secret,
        ])
      : [],
  );

/** Replaces the file atomically: a crash leaves the old file or the new one. */
const write = (file: string, secrets: Map<string, Secret>) => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify([...secrets.values()], null, 2), {
    mode: 0o600,
  });
  renameSync(`${file}.new`, file);
};
