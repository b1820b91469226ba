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
import {
  Secret,
  SecretOperations,
  createSecretOperations,
  ServiceError,
} from './secrets';

const TARGET_PREFIX = 'secretsmanager.';

export interface LocalSecretsManager {
  url: string;
  port: number;
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
}): Promise<LocalSecretsManager> => {
  const secrets = read(options.stateFile);
  const operations = createSecretOperations(secrets, () =>
    Math.floor(Date.now() / 1000),
  );

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
      const result = operations[name as keyof SecretOperations](input);
      if (!/^(Get|Batch|List|Describe)/.test(name))
        write(options.stateFile, secrets);
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
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    port,
    stop: () =>
      new Promise<void>(done => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
};

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
