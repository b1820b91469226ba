import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  rotateStep as runStep,
  RotationSecrets,
} from '@goldenpath/plugin-golden-path-node';
import { InputError } from '@backstage/errors';
import { createFolder } from '../../../../tests/support/createFolder';
import { createHandler, HandlerDeps } from './createHandler';

const TOKEN = 'c0ffee00-0000-4000-8000-000000000000';
const arnOf = (name: string) =>
  `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-AbCdEf`;
const SECRET = arnOf('goldenpath/dev/users_db/postgres');
const EVENT = {
  SecretId: SECRET,
  ClientRequestToken: TOKEN,
  Step: 'setSecret',
};
const DONE = { outcome: 'done', login: 'users_app_user' } as const;
const CONTEXT = {
  awsRequestId: 'request-1',
  getRemainingTimeInMillis: () => 30_000,
};

const start = (
  env: Record<string, string> = {},
  rotateStep: typeof runStep = async () => DONE,
) => {
  const lines: string[] = [];
  const calls: Array<Parameters<typeof runStep>> = [];
  const opened: string[] = [];
  const handler = createHandler({
    env: { GOLDENPATH_ENVIRONMENT: 'dev', ...env },
    now: () => new Date(0),
    rotateStep: async (deps, input) => {
      calls.push([deps, input]);
      return rotateStep(deps, input);
    },
    secrets: () => {
      opened.push('secrets');
      return {} as RotationSecrets;
    },
    connect: ({ caFile }) => {
      opened.push(`connect ${caFile}`);
      return async () => {
        throw new Error('no connection here');
      };
    },
    write: line => lines.push(line),
  } satisfies HandlerDeps);
  return { handler, lines, calls, opened };
};

describe('the Lambda handler', () => {
  it('runs the step of the event, with the settings of its variables', async () => {
    const { handler, calls, lines } = start({
      GOLDENPATH_MASTER_SECRET: 'rds!db-1',
      GOLDENPATH_RDS_HOST: 'db.example.com',
      GOLDENPATH_RDS_PORT: '5433',
      GOLDENPATH_SECRET_PREFIX: '',
    });
    await handler(EVENT, CONTEXT);
    const [[deps, input]] = calls;
    expect(input).toEqual({
      secretId: SECRET,
      token: TOKEN,
      step: 'setSecret',
      isForced: false,
    });
    expect(deps.options).toMatchObject({
      secretPrefix: 'goldenpath',
      masterSecret: 'rds!db-1',
      host: 'db.example.com',
      port: 5433,
      runId: 'request-1',
      lockTimeoutMs: 27_000,
    });
    expect(lines.map(line => JSON.parse(line))).toEqual([
      {
        secret: 'goldenpath/dev/users_db/postgres',
        step: 'setSecret',
        outcome: 'done',
      },
    ]);
  });

  it('is forced by its variable', async () => {
    const { handler, calls } = start({ GOLDENPATH_FORCE: 'true' });
    await handler(EVENT, CONTEXT);
    expect(calls[0][1]).toMatchObject({ isForced: true });
  });

  it('opens its clients once, however many events come', async () => {
    const { handler, opened, calls } = start();
    for (const Step of ['createSecret', 'setSecret'])
      await handler({ ...EVENT, Step }, CONTEXT);
    expect(calls).toHaveLength(2);
    expect(opened).toEqual(['secrets', 'connect undefined']);
  });

  it('keeps the audit in its log, as one line for a row', async () => {
    const { handler, lines } = start({}, async deps => {
      await deps.audit.append([
        {
          timestamp_utc: '2026-11-26T12:00:00Z',
          environment: 'dev',
          build_id: '',
          run_id: 'request-1',
          database: 'users_db',
          username: 'users_app_user',
          action: 'set_password',
          status: 'success',
          duration_ms: '12',
          message: '',
          run_url: '',
        },
      ]);
      return DONE;
    });
    await handler(EVENT, CONTEXT);
    expect(JSON.parse(lines[0])).toMatchObject({
      audit: { database: 'users_db', action: 'set_password' },
    });
  });

  it.each([
    { reason: 'no event', event: undefined, says: 'no event of a rotation' },
    {
      reason: 'a step that AWS has not',
      event: { ...EVENT, Step: 'dropSecret' },
      says: 'Step: use createSecret, setSecret, testSecret, finishSecret, not "dropSecret"',
    },
    {
      reason: 'a token that is no version id',
      event: { ...EVENT, ClientRequestToken: 'short' },
      says: 'ClientRequestToken: use a version id',
    },
    {
      reason: 'a secret without a name',
      event: { ...EVENT, SecretId: '' },
      says: 'SecretId: use',
    },
    ...[
      arnOf('goldenpath/prod/users_db/postgres'),
      arnOf('goldenpath/dev/rds/master'),
      arnOf('goldenpath/dev/a/../b/postgres'),
      arnOf('other/dev/users_db/postgres'),
      'goldenpath/dev//postgres',
      'goldenpath/dev/postgres',
    ].map(SecretId => ({
      reason: SecretId,
      event: { ...EVENT, SecretId },
      says: 'this function rotates goldenpath/dev/<database>/postgres, not ',
    })),
  ])('refuses $reason', async ({ event, says }) => {
    const { handler, calls, opened } = start();
    await expect(handler(event, CONTEXT)).rejects.toThrow(says);
    expect([calls, opened]).toEqual([[], []]);
  });

  it.each<Record<string, string>>([
    { GOLDENPATH_ENVIRONMENT: '' },
    { GOLDENPATH_ENVIRONMENT: 'Dev' },
    { GOLDENPATH_RDS_HOST: 'db:5432' },
    { GOLDENPATH_RDS_PORT: 'many' },
    { GOLDENPATH_FORCE: 'yes' },
  ])('refuses the variables %j', async env => {
    await expect(start(env).handler(EVENT, CONTEXT)).rejects.toThrow(
      `the function's variables are invalid: ${Object.keys(env)[0]}: use`,
    );
  });

  it('passes on why a step failed, without what stands behind it', async () => {
    const { handler } = start({}, async () => {
      throw new InputError(
        'users_db is not declared',
        new Error('PASSWORD canary'),
      );
    });
    const error = await handler(EVENT, CONTEXT).catch(
      (thrown: Error) => thrown,
    );
    expect(error).toMatchObject({
      name: 'RotationError',
      message: expect.stringContaining('users_db is not declared'),
    });
    expect(error).not.toHaveProperty('cause');
  });

  it('reads the CA file once it is there', async () => {
    const caFile = join(createFolder(), 'ca.pem');
    const { handler, opened } = start({ GOLDENPATH_CA_FILE: caFile });
    await expect(handler(EVENT, CONTEXT)).rejects.toThrow(
      `GOLDENPATH_CA_FILE: can't read ${caFile}`,
    );
    writeFileSync(caFile, 'ca');
    await handler(EVENT, CONTEXT);
    expect(opened).toEqual(['secrets', `connect ${caFile}`]);
  });
});
