import { RootLoggerService } from '@backstage/backend-plugin-api';
import { JsonObject } from '@backstage/types';

export interface LogLine {
  level: string;
  message: string;
  [field: string]: unknown;
}

/** A logger that keeps its lines, with the fields of its children. */
export const recordingLogger = (
  lines: LogLine[],
  fields: JsonObject = {},
): RootLoggerService => {
  const write = (level: string) => (message: string, meta?: object) => {
    lines.push({
      ...fields,
      ...(meta instanceof Error ? { error: meta } : meta),
      level,
      message,
    });
  };
  return {
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: write('debug'),
    child: more => recordingLogger(lines, { ...fields, ...more }),
  };
};
