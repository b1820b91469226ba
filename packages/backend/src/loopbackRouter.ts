import { rootHttpRouterServiceFactory } from '@backstage/backend-defaults/rootHttpRouter';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** This backend is for one machine. */
const HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/** A page whose domain name is rebound to 127.0.0.1 is same-origin with Backstage: only the Host header tells. */
const refuseOtherHosts = (
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
): void => {
  const host = request.headers.host ?? '';
  if (HOSTS.has(host.toLowerCase().replace(/:\d+$/, ''))) {
    next();
    return;
  }
  const text = `This Backstage doesn't serve the host ${JSON.stringify(
    host,
  )}: use localhost, 127.0.0.1 or [::1].\n`;
  response.statusCode = 421;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(text);
};

/** Backstage's HTTP server, which checks the Host header before anything else. */
export const loopbackRouter = rootHttpRouterServiceFactory({
  configure: ({ app, applyDefaults }) => {
    app.use(refuseOtherHosts);
    applyDefaults();
  },
});
