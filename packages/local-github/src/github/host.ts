import { RequestHandler } from 'express';

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/** A page whose domain name is rebound to 127.0.0.1 is same-origin with this server: only the Host header tells. */
export const refuseOtherHosts: RequestHandler = (request, response, next) => {
  const { host = '' } = request.headers;
  if (LOOPBACK.test(host)) return next();
  return response
    .status(421)
    .type('text/plain')
    .send(
      `The local GitHub doesn't serve the host ${JSON.stringify(
        host,
      )}: use localhost, 127.0.0.1 or [::1].\n`,
    );
};
