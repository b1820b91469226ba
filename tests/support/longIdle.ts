/**
 * For `backend.server`: a client that reuses a connection at the moment that the server closes it gets a reset, and where
 * client and server share a process that was busy for some seconds, both come to it at once.
 */
export const LONG_IDLE = { keepAliveTimeout: 600_000 };
