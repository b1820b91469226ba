import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createBackend } from '@backstage/backend-defaults';
import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import { parse } from 'yaml';
import { quietLogger } from '../../../plugins/scaffolder-backend-module-golden-path/src/testing/quietLogger';
import { newSqlite } from '../../../plugins/scaffolder-backend-module-golden-path/src/testing/sqlite';
import { askHost } from '../../../tests/support/askHost';
import { freePorts } from '../../../tests/support/platform';
import { guestSignIn } from './guestSignIn';
import { loopbackRouter } from './loopbackRouter';

const { auth } = parse(
  readFileSync(resolve(__dirname, '../../../app-config.yaml'), 'utf8'),
);

describe('the backend', () => {
  const nodeEnv = process.env.NODE_ENV;
  let stop: (() => Promise<void>) | undefined;
  let errors: string[];
  let port: number;
  afterEach(async () => {
    process.env.NODE_ENV = nodeEnv;
    await stop?.();
  });

  /** This backend's sign-in and HTTP server, with the sign-in of app-config.yaml. */
  const start = async (env: string, changes: object = {}) => {
    process.env.NODE_ENV = env;
    errors = [];
    [port] = await freePorts(1);
    const backend = createBackend();
    backend.add(import('@backstage/plugin-auth-backend'));
    backend.add(guestSignIn);
    backend.add(loopbackRouter);
    const logger = quietLogger();
    logger.error = message => errors.push(String(message));
    logger.child = () => logger;
    backend.add(
      createServiceFactory({
        service: coreServices.rootLogger,
        deps: {},
        factory: () => logger,
      }),
    );
    backend.add(
      createServiceFactory({
        service: coreServices.database,
        deps: {},
        factory: () => {
          const client = newSqlite();
          return { getClient: async () => client };
        },
      }),
    );
    const baseUrl = `http://localhost:${port}`;
    backend.add(
      createServiceFactory({
        service: coreServices.rootConfig,
        deps: {},
        factory: () =>
          new ConfigReader({
            app: { baseUrl },
            auth: { ...auth, session: { secret: 'x' }, ...changes },
            backend: {
              baseUrl,
              listen: { host: '127.0.0.1', port },
              auth: { keys: [{ secret: 'eA==' }] },
            },
          }),
      }),
    );
    await backend.start();
    stop = () => backend.stop();
  };
  const ask = async (host: string) =>
    (
      await askHost(port, host, {
        path: '/api/auth/guest/refresh',
        headers: { 'x-requested-with': 'XMLHttpRequest' },
      })
    ).status;

  it('signs in guests in development, on this machine’s names only', async () => {
    await start('development');
    for (const host of [`localhost:${port}`, 'LOCALHOST', '127.0.0.1', '[::1]'])
      expect([host, await ask(host)]).toEqual([host, 200]);
    for (const host of ['evil.example', `localhost.evil.example:${port}`, ''])
      expect([host, await ask(host)]).toEqual([host, 421]);
    expect(errors).toEqual([]);
  });

  it.each([
    { env: 'production', changes: {}, place: 'development' },
    { env: '', changes: {}, place: 'development' },
    {
      env: 'development',
      changes: { environment: 'production' },
      place: 'production',
    },
    {
      env: 'production',
      changes: {
        providers: { guest: { dangerouslyAllowOutsideDevelopment: true } },
      },
      place: 'development',
    },
  ])(
    'signs in no guest with NODE_ENV=$env and $changes',
    async ({ env, changes, place }) => {
      await start(env, changes);
      expect(await ask('localhost')).toBe(404);
      expect(errors).toEqual([
        `Guest sign-in is refused: NODE_ENV is "${env}" and auth.environment is "${place}", and both must be "development". Set up another provider in auth.providers.`,
      ]);
    },
  );
});
