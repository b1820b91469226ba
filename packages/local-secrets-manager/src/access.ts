import { IncomingHttpHeaders } from 'node:http';

const NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** Why a Host header is refused: a page whose domain name is rebound to 127.0.0.1 is same-origin with this server. */
export const findHostRefusal = (host: string | undefined) =>
  NAMES.includes((host ?? '').toLowerCase().replace(/:\d+$/, ''))
    ? undefined
    : `The local Secrets Manager doesn't serve the host ${JSON.stringify(
        host ?? '',
      )}: use localhost, 127.0.0.1 or [::1].\n`;

/**
 * The error of AWS for a request that isn't signed with this access key; its signature isn't checked.
 * @param accessKeyId - undefined: every request is answered
 */
export const findKeyRefusal = (
  { authorization }: IncomingHttpHeaders,
  accessKeyId: string | undefined,
): { type: string; message: string } | undefined => {
  if (accessKeyId === undefined) return undefined;
  const [, key] =
    /^AWS4-HMAC-SHA256 .*\bCredential=([^/,\s]+)\//.exec(authorization ?? '') ??
    [];
  if (key === undefined)
    return {
      type: 'MissingAuthenticationTokenException',
      message: 'Missing Authentication Token',
    };
  return key === accessKeyId
    ? undefined
    : {
        type: 'UnrecognizedClientException',
        message: 'The security token included in the request is invalid.',
      };
};
