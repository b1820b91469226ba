import { spawn } from 'node:child_process';
import { IncomingMessage, ServerResponse } from 'node:http';

/** Serves git's smart HTTP protocol for the bare repositories below the folder. Requires any credentials. */
export const serveGit = (
  folder: string,
  request: IncomingMessage,
  url: URL,
  body: Buffer,
  response: ServerResponse,
  /** Called when git has done its work, before the answer; what it returns is waited for. */
  beforeAnswer: () => Promise<void> = async () => {},
) => {
  if (!request.headers.authorization) {
    response
      .writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' })
      .end();
    return;
  }
  const git = spawn('git', ['http-backend'], {
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      REMOTE_USER: 'backstage',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'http.receivepack',
      GIT_CONFIG_VALUE_0: 'true',
    },
  });
  const out: Buffer[] = [];
  git.stdout.on('data', chunk => out.push(chunk));
  git.on('close', async () => {
    await beforeAnswer();
    if (response.destroyed) return;
    const answer = Buffer.concat(out);
    const end = answer.indexOf('\r\n\r\n');
    const headers = Object.fromEntries(
      answer
        .subarray(0, end)
        .toString()
        .split('\r\n')
        .map(line => line.split(/: /, 2) as [string, string]),
    );
    response
      .writeHead(Number(headers.Status?.slice(0, 3) ?? 200), headers)
      .end(answer.subarray(end + 4));
  });
  // git may answer and end before it has read the body.
  git.stdin.on('error', () => {});
  git.stdin.end(body);
};
