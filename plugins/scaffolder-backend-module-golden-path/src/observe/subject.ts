import {
  appRequestId,
  isDatabaseRequest,
  requestId,
  requestSchema,
} from '@goldenpath/plugin-golden-path-common';
import { GoldenPathConfig } from '../config';

/** What a step is about. */
export interface Subject {
  requestId: string | undefined;
  environment: string | undefined;
  app: string | undefined;
  owner: string | undefined;
}

/**
 * Reads the subject from a step's input: the request, the fields of the form, or an environment. A value that breaks its
 * rule is left out, because it may be any text.
 */
export const readSubject = (
  input: unknown,
  config: Pick<GoldenPathConfig, 'environments' | 'domains' | 'masterUsername'>,
): Subject => {
  const fields = asRecord(asRecord(input).request ?? input);
  const rules = requestSchema(config).shape;
  const valid = (
    name: 'component_id' | 'databaseName' | 'environment' | 'owner',
  ): string | undefined => {
    const parsed = rules[name].safeParse(fields[name]);
    return parsed.success ? String(parsed.data) : undefined;
  };
  const environment = valid('environment');
  const databaseName = valid('databaseName');
  const app = valid('component_id');
  const ofDatabase =
    environment && databaseName
      ? requestId({ environment, databaseName })
      : undefined;
  const ofApp =
    app && !isDatabaseRequest(fields)
      ? appRequestId({ component_id: app })
      : undefined;
  return {
    requestId: ofDatabase ?? ofApp,
    environment,
    app,
    owner: valid('owner'),
  };
};

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)
    : {};
