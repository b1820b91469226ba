import { readFileSync } from 'node:fs';
import { createServer, IncomingMessage } from 'node:http';
import { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { Page } from 'playwright-core';
import { parse } from 'yaml';

const ROOT = resolve(__dirname, '../..');
const DIST = join(ROOT, 'packages/app/dist');
const TYPES: Record<string, string> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** An answer of the backend: a status other than 200 and a body, which is sent as JSON. */
export interface ApiAnswer {
  status?: number;
  body: unknown;
}
/** Answers a path below /api; undefined where it knows none. */
export type ApiStandIn = (
  url: URL,
  request: IncomingMessage,
) => ApiAnswer | undefined | Promise<ApiAnswer | undefined>;

const GUEST = 'user:default/guest';
const claims = Buffer.from(
  JSON.stringify({ sub: GUEST, exp: Date.now() / 1000 + 86_400 }),
).toString('base64url');
const createSession = (teams: string[]) => ({
  profile: { displayName: 'Guest' },
  providerInfo: {},
  backstageIdentity: {
    token: `e30.${claims}.none`,
    identity: {
      type: 'user',
      userEntityRef: GUEST,
      ownershipEntityRefs: [GUEST, ...teams],
    },
  },
});

/** What every page asks for, whatever it shows. */
const answerEveryPage: ApiStandIn = ({ pathname }) => {
  if (pathname === '/api/notifications/status')
    return { body: { unread: 0, read: 0 } };
  if (pathname === '/api/catalog/entities/by-refs')
    return { body: { items: [] } };
  return undefined;
};

/** Every page that is opened later has a guest signed in, and a theme. */
export const signInGuest = (page: Page, theme: 'light' | 'dark' = 'light') =>
  page.addInitScript(chosen => {
    localStorage.setItem('@backstage/core:SignInPage:provider', 'guest');
    localStorage.setItem('theme', chosen);
  }, theme);

/** The built app on a port of its own, with a stand-in for the backend. */
export const serveApp = async (
  answer: ApiStandIn,
  {
    extensions = [],
    teams = [],
  }: {
    /** `app.extensions` of app-config.yaml, after its own. */
    extensions?: unknown[];
    /** References of the guest's groups. */
    teams?: string[];
  } = {},
) => {
  const session = createSession(teams);
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    if (url.pathname.startsWith('/api/')) {
      const known =
        url.pathname === '/api/auth/guest/refresh'
          ? { body: session }
          : (await answer(url, request)) ??
            (await answerEveryPage(url, request));
      const { status = 200, body } = known ?? { body: {} };
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
      return;
    }
    const type = TYPES[extname(url.pathname)];
    if (type) {
      response.writeHead(200, {
        'content-type': type,
        // Their names have a hash.
        'cache-control': 'max-age=3600',
      });
      response.end(readFileSync(join(DIST, url.pathname)));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(indexPage(`http://${request.headers.host}`, extensions));
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

/** With the configuration where Backstage's app plugin for the backend puts it. */
const indexPage = (url: string, extensions: unknown[]): string => {
  const { app, organization } = parse(
    readFileSync(join(ROOT, 'app-config.yaml'), 'utf8'),
  );
  const data = {
    app: {
      ...app,
      baseUrl: url,
      extensions: [...(app.extensions ?? []), ...extensions],
    },
    organization,
    backend: { baseUrl: url },
  };
  const config = JSON.stringify([{ context: 'app-config.yaml', data }]);
  return readFileSync(join(DIST, 'index.html'), 'utf8').replace(
    '</head>',
    `<script type="backstage.io/config">${config}</script></head>`,
  );
};
