import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UrlReaders } from '@backstage/backend-defaults/urlReader';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import { createUrlFiles } from './createUrlFiles';

const TOKEN = 'canary-of-the-token';
const MIB = 1024 * 1024;

/** Backstage's own UrlReader, and a GitHub that answers every file with `answer`. */
const startReader = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
) => {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const logger = {
    child: () => logger,
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
  } as LoggerService;
  const reader = UrlReaders.default({
    logger,
    config: new ConfigReader({
      integrations: {
        github: [{ host, apiBaseUrl: `http://${host}/api/v3`, token: TOKEN }],
      },
    }),
  });
  return {
    paths,
    files: createUrlFiles(reader, {
      webUrl: `http://${host}`,
      owner: 'acme',
      repo: 'platform-infra',
      branch: 'main',
      catalogPath: undefined,
    }),
    stop: () =>
      new Promise<void>(done => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
};

const read = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
) => {
  const { files, stop } = await startReader(answer);
  try {
    return await files.read('rds-catalog.yaml');
  } finally {
    await stop();
  }
};

describe("the infra repo's files by Backstage's UrlReader", () => {
  it('asks for the file of the branch, and takes what is unchanged from before', async () => {
    const { files, paths, stop } = await startReader((request, response) => {
      const isKnown = request.headers['if-none-match'] === '"1"';
      response.writeHead(isKnown ? 304 : 200, { etag: '"1"' });
      response.end(isKnown ? undefined : 'version: "1.0"\n');
    });
    try {
      expect(await files.read('docs/rds-catalog.yaml')).toBe(
        'version: "1.0"\n',
      );
      expect(await files.read('docs/rds-catalog.yaml')).toBe(
        'version: "1.0"\n',
      );
      expect(paths).toEqual(
        Array(2).fill(
          '/api/v3/repos/acme/platform-infra/contents/docs/rds-catalog.yaml?ref=main',
        ),
      );
    } finally {
      await stop();
    }
  });

  it('a file that does not exist is none', async () => {
    expect(
      await read((_, response) => response.writeHead(404).end()),
    ).toBeUndefined();
  });

  it('refuses a file of more than 32 MiB', async () => {
    await expect(
      read((_, response) => response.end(Buffer.alloc(33 * MIB, ' '))),
    ).rejects.toThrow(
      `rds-catalog.yaml has ${33 * MIB} bytes, more than ${32 * MIB}.`,
    );
  });

  it('takes bytes that are no UTF-8 as characters, for the parser to refuse', async () => {
    expect(
      await read((_, response) => response.end(Buffer.from([0xff, 0x00]))),
    ).toBe('\uFFFD\u0000');
  });

  it.each([
    { status: 401, reason: 'the token is wrong' },
    { status: 403, reason: 'the token has no right, or its limit is reached' },
    { status: 429, reason: 'too many calls' },
    { status: 502, reason: 'GitHub is down' },
  ])(
    'fails when $reason, without the token in its message',
    async ({ status }) => {
      const error = await read((_, response) =>
        response.writeHead(status).end('{}'),
      ).then(
        () => undefined,
        (thrown: Error) => thrown,
      );
      expect(error?.message).toContain('rds-catalog.yaml');
      expect(JSON.stringify([error?.message, error])).not.toContain(TOKEN);
    },
  );

  it('fails when the answer breaks off', async () => {
    await expect(
      read((_, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('databases:');
        response.destroy();
      }),
    ).rejects.toThrow();
  });
});
