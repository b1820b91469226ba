import { LoggerService } from '@backstage/backend-plugin-api';

/** A logger that keeps tests quiet; `log` gets what the user of a task sees. */
export const quietLogger = (
  log: (message: string) => void = () => {},
): LoggerService => {
  const logger: LoggerService = {
    error: () => {},
    warn: log,
    info: log,
    debug: () => {},
    child: () => logger,
  };
  return logger;
};
