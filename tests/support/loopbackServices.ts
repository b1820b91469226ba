import { Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { rootHttpRouterServiceFactory } from '@backstage/backend-defaults/rootHttpRouter';
import {
  coreServices,
  createServiceFactory,
  RootLoggerService,
} from '@backstage/backend-plugin-api';

/** What a backend needs that listens on any free port: its plugins find each other there. The port is known only once it listens. */
export const createLoopbackServices = (logger: RootLoggerService) => {
  let server: Server | undefined;
  const origin = () =>
    `http://127.0.0.1:${(server!.address() as AddressInfo).port}`;
  const baseUrl = async (pluginId: string) => `${origin()}/api/${pluginId}`;
  return {
    origin,
    features: [
      createServiceFactory({
        service: coreServices.rootLogger,
        deps: {},
        factory: () => logger,
      }),
      createServiceFactory({
        service: coreServices.discovery,
        deps: {},
        factory: () => ({ getBaseUrl: baseUrl, getExternalBaseUrl: baseUrl }),
      }),
      rootHttpRouterServiceFactory({
        configure: router => {
          server = router.server;
          router.applyDefaults();
        },
      }),
    ],
  };
};
