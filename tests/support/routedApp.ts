import { readFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import type { Page, Route } from 'playwright-core';

const APP = resolve(__dirname, '../../packages/app/dist');
const ORIGIN = 'http://backstage.test';

const TYPES: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

/** The signed-in user, as the guest provider has it: a token that nobody checks. */
const encode = (part: object) =>
  Buffer.from(JSON.stringify(part)).toString('base64url');
const createSession = (ownershipEntityRefs: string[]) => {
  const identity = {
    type: 'user',
    userEntityRef: 'user:default/guest',
    ownershipEntityRefs,
  };
  const payload = {
    sub: identity.userEntityRef,
    ent: ownershipEntityRefs,
    exp: 4_000_000_000,
  };
  return {
    profile: { displayName: 'Guest' },
    providerInfo: {},
    backstageIdentity: {
      token: `${encode({ alg: 'none' })}.${encode(payload)}.x`,
      expiresInSeconds: 3600,
      identity,
    },
  };
};

/** What the backend answers to a path below `/api`; undefined: an empty object. */
export type AnswerApi = (
  path: string,
  request: { method: string; query: URLSearchParams; body: string | null },
) => unknown;

/**
 * Serves the built app and a backend of the test's own to a page, without a server: the browser's requests end here.
 * @returns the origin
 */
export const routeApp = async (
  page: Page,
  {
    answer,
    extensions = [],
    ownershipEntityRefs = ['user:default/guest'],
  }: {
    answer: AnswerApi;
    /** `app.extensions` of app-config. */
    extensions?: unknown[];
    ownershipEntityRefs?: string[];
  },
): Promise<string> => {
  const config = [
    {
      context: 'test',
      data: {
        app: {
          title: 'Golden Path',
          baseUrl: ORIGIN,
          packages: 'all',
          extensions,
        },
        backend: { baseUrl: ORIGIN },
        auth: { environment: 'development', providers: { guest: {} } },
      },
    },
  ];
  // The last one counts; the build has its own.
  const html = readFileSync(join(APP, 'index.html'), 'utf8').replace(
    '</body>',
    `<script type="backstage.io/config">${JSON.stringify(config)}</script>`,
  );
  const json = (route: Route, body: unknown, status = 200) =>
    route.fulfill({
      status,
      contentType: 'application/json',
      body: JSON.stringify(body),
    });

  await page.route(`${ORIGIN}/**`, async route => {
    const request = route.request();
    const { pathname, searchParams } = new URL(request.url());
    if (pathname === '/api/auth/guest/refresh')
      return json(route, createSession(ownershipEntityRefs));
    if (pathname.startsWith('/api/')) {
      const body = await answer(pathname.slice('/api'.length), {
        method: request.method(),
        query: searchParams,
        body: request.postData(),
      });
      return body instanceof Error
        ? json(
            route,
            { error: { name: body.name, message: body.message } },
            500,
          )
        : json(route, body ?? {});
    }
    const type = TYPES[extname(pathname)];
    return type
      ? route.fulfill({
          contentType: type,
          body: readFileSync(join(APP, pathname)),
        })
      : route.fulfill({ contentType: 'text/html', body: html });
  });
  return ORIGIN;
};
