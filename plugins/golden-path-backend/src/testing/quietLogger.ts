import { LoggerService } from '@backstage/backend-plugin-api';

/** Says nothing. */
export const quietLogger: LoggerService = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  child: () => quietLogger,
};
