import { answerOk, Operations } from './call';

/** The server itself. Only GitHub Enterprise Server names its version. */
export const metaOperations: Operations = {
  'GET /meta': ({ context: { serverVersion } }) =>
    answerOk({
      verifiable_password_authentication: false,
      ...(serverVersion && { installed_version: serverVersion }),
    }),
};
