import { spawn } from 'node:child_process';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';

/** A GitHub with nothing but git over HTTP: wants Basic auth and remembers what it was given. */
export class GitHttpServer {
  readonly passwords: string[] = [];
  private readonly server = createServer((request, response) =>
    this.serve(request, response),
  );

  constructor(private readonly root: string) {}

  /** @returns the URL it listens at */
  async start(): Promise<string> {
    await new Promise<void>(resolve =>
      this.server.listen(0, '127.0.0.1', resolve),
    );
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise(resolve => this.server.close(resolve));
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const [, encoded] =
      /^basic (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (!encoded) {
      response
        .writeHead(401, { 'WWW-Authenticate': 'Basic realm="GitHub"' })
        .end();
      return;
    }
    this.passwords.push(Buffer.from(encoded, 'base64').toString());
    const url = new URL(request.url ?? '/', 'http://localhost');
    const backend = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env.PATH,
        GIT_PROJECT_ROOT: this.root,
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'http.receivepack',
        GIT_CONFIG_VALUE_0: 'true',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        HTTP_CONTENT_ENCODING: String(
          request.headers['content-encoding'] ?? '',
        ),
        PATH_INFO: url.pathname.replace(
          /^\/([^/]+)\/([^/.]+)\//,
          '/$1/$2.git/',
        ),
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
      },
    });
    request.pipe(backend.stdin);
    const chunks: Buffer[] = [];
    backend.stdout.on('data', chunk => chunks.push(chunk));
    backend.once('close', () => answer(response, Buffer.concat(chunks)));
  }
}

const answer = (response: ServerResponse, cgi: Buffer): void => {
  const end = cgi.indexOf('\r\n\r\n');
  const headers = cgi
    .subarray(0, end)
    .toString()
    .split('\r\n')
    .map(line => line.split(/:\s*/, 2));
  for (const [name, value] of headers) {
    if (name === 'Status') response.statusCode = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.end(cgi.subarray(end + 4));
};
