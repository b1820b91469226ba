import { join } from 'node:path';
import {
  CancelRotateSecretCommand,
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  InvalidRequestException,
  PutSecretValueCommand,
  ResourceNotFoundException,
  RotateSecretCommand,
  RotateSecretCommandInput,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { createFolder } from '../../../tests/support/createFolder';
import { createSecretsClient } from '../../../tests/support/secrets';
import { RotationEvent, RotationReport } from './rotation';
import {
  LocalSecretsManager,
  startSecretsManager,
} from './startSecretsManager';

const LAMBDA = 'arn:aws:lambda:eu-central-1:123456789012:function:rotate';
const TOKEN = 'c0ffee00-0000-4000-8000-000000000000';
const OTHER_TOKEN = 'c0ffee00-0000-4000-8000-000000000001';
const DAY_MS = 24 * 60 * 60 * 1000;

/** The rotation function is written as AWS's templates are; the vendor's client reads what comes of it. */
describe('rotation, asked by the AWS SDK', () => {
  let service: LocalSecretsManager;
  let client: SecretsManagerClient;
  let now: number;
  let events: RotationEvent[];
  let reports: RotationReport[];
  let failAt: RotationEvent['Step'] | undefined;
  let stateFile: string;

  const rotate = async (event: RotationEvent) => {
    events.push(event);
    if (event.Step === failAt) throw new Error(`failed in ${failAt}`);
    const { SecretId, ClientRequestToken } = event;
    if (event.Step === 'createSecret')
      await client.send(
        new PutSecretValueCommand({
          SecretId,
          ClientRequestToken,
          SecretString: `value ${ClientRequestToken}`,
          VersionStages: ['AWSPENDING'],
        }),
      );
    if (event.Step === 'testSecret')
      await client.send(
        new GetSecretValueCommand({ SecretId, VersionStage: 'AWSPENDING' }),
      );
    if (event.Step === 'finishSecret')
      await client.send(
        new UpdateSecretVersionStageCommand({
          SecretId,
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: ClientRequestToken,
          RemoveFromVersionId: (
            await client.send(new GetSecretValueCommand({ SecretId }))
          ).VersionId,
        }),
      );
  };
  const start = async () => {
    service = await startSecretsManager({
      port: 0,
      stateFile,
      now: () => now,
      rotationFunctions: { [LAMBDA]: rotate },
      reportRotation: report => reports.push(report),
    });
    client = createSecretsClient(service.url);
  };
  beforeEach(async () => {
    now = Date.UTC(2026, 10, 26, 12);
    events = [];
    reports = [];
    failAt = undefined;
    stateFile = join(createFolder(), 'secrets.json');
    await start();
    await client.send(
      new CreateSecretCommand({ Name: 'a', SecretString: 'one' }),
    );
  });
  afterEach(async () => {
    await service.settle();
    client.destroy();
    await service.stop();
  });

  const begin = (more: Partial<RotateSecretCommandInput> = {}) =>
    client.send(
      new RotateSecretCommand({
        SecretId: 'a',
        RotationLambdaARN: LAMBDA,
        RotationRules: { AutomaticallyAfterDays: 30 },
        ClientRequestToken: TOKEN,
        ...more,
      }),
    );
  const describeSecret = () =>
    client.send(new DescribeSecretCommand({ SecretId: 'a' }));
  const current = async () =>
    (await client.send(new GetSecretValueCommand({ SecretId: 'a' })))
      .SecretString;

  it('calls the function with the four steps and makes the new value current', async () => {
    const { ARN, VersionId } = await begin();
    expect(VersionId).toBe(TOKEN);
    await service.settle();
    expect(events).toEqual(
      ['createSecret', 'setSecret', 'testSecret', 'finishSecret'].map(Step => ({
        SecretId: ARN,
        ClientRequestToken: TOKEN,
        Step,
      })),
    );
    expect(await current()).toBe(`value ${TOKEN}`);
    expect(reports).toEqual([{ secret: 'a', versionId: TOKEN }]);
  });

  it('answers at once, with a pending version that has no value yet', async () => {
    let end = () => {};
    const stopHere = new Promise<void>(done => {
      end = done;
    });
    const secret = await startSecretsManager({
      port: 0,
      stateFile: join(createFolder(), 'secrets.json'),
      rotationFunctions: { [LAMBDA]: () => stopHere },
    });
    const other = createSecretsClient(secret.url);
    await other.send(
      new CreateSecretCommand({ Name: 'a', SecretString: 'one' }),
    );
    await other.send(
      new RotateSecretCommand({
        SecretId: 'a',
        RotationLambdaARN: LAMBDA,
        ClientRequestToken: TOKEN,
      }),
    );
    expect(
      (await other.send(new DescribeSecretCommand({ SecretId: 'a' })))
        .VersionIdsToStages,
    ).toMatchObject({ [TOKEN]: ['AWSPENDING'] });
    await expect(
      other.send(
        new GetSecretValueCommand({
          SecretId: 'a',
          VersionStage: 'AWSPENDING',
        }),
      ),
    ).rejects.toBeInstanceOf(ResourceNotFoundException);
    end();
    other.destroy();
    await secret.stop();
  });

  it('describes schedule and dates', async () => {
    expect(await describeSecret()).not.toHaveProperty('RotationEnabled');
    await begin();
    await service.settle();
    const described = await describeSecret();
    expect(described).toMatchObject({
      RotationEnabled: true,
      RotationLambdaARN: LAMBDA,
      RotationRules: { AutomaticallyAfterDays: 30 },
      LastRotatedDate: new Date(now),
      LastChangedDate: new Date(now),
      // The end of the day that opens at midnight UTC.
      NextRotationDate: new Date('2026-12-26T23:59:59Z'),
    });
  });

  it('rotates again by the clock, not before', async () => {
    await begin();
    await service.settle();
    now = Date.UTC(2026, 11, 25, 23, 59, 59);
    await service.rotateDue();
    expect(reports).toHaveLength(1);
    now += 1000;
    await service.rotateDue();
    expect(reports).toHaveLength(2);
    expect(reports[1].failure).toBeUndefined();
    expect((await describeSecret()).NextRotationDate).toEqual(
      new Date('2027-01-25T23:59:59Z'),
    );
    await service.rotateDue();
    expect(reports).toHaveLength(2);
  });

  it('goes on by the clock after a restart', async () => {
    await begin();
    await service.settle();
    client.destroy();
    await service.stop();
    await start();
    now += 31 * DAY_MS;
    await service.rotateDue();
    expect(reports).toHaveLength(2);
  });

  it.each(['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const)(
    'keeps the value when %s fails, and begins the same version again',
    async step => {
      failAt = step;
      await begin();
      await service.settle();
      expect(await current()).toBe('one');
      expect(reports).toMatchObject([{ versionId: TOKEN, failure: { step } }]);
      await expect(
        begin({ ClientRequestToken: OTHER_TOKEN }),
      ).rejects.toMatchObject({
        name: 'InvalidRequestException',
        message:
          "A previous rotation isn't complete. That rotation will be reattempted.",
      });
      await service.settle();
      failAt = undefined;
      await service.rotateDue();
      expect(reports[2]).toEqual({ secret: 'a', versionId: TOKEN });
      expect(await current()).toBe(`value ${TOKEN}`);
      await begin({ ClientRequestToken: OTHER_TOKEN });
      await service.settle();
      expect(await current()).toBe(`value ${OTHER_TOKEN}`);
    },
  );

  it('begins nothing twice for a repeated request', async () => {
    await begin();
    await begin();
    await service.settle();
    await begin();
    await service.settle();
    expect(reports).toHaveLength(1);
  });

  it('only tests where it is not to rotate at once', async () => {
    await begin({ RotateImmediately: false });
    await service.settle();
    expect(events.map(({ Step }) => Step)).toEqual(['testSecret']);
    expect(reports).toEqual([]);
    expect(await current()).toBe('one');
    const described = await describeSecret();
    expect(Object.values(described.VersionIdsToStages!)).toEqual([
      ['AWSCURRENT'],
    ]);
    expect(described.RotationEnabled).toBe(true);
    now += 31 * DAY_MS;
    await service.rotateDue();
    expect(reports).toHaveLength(1);
    expect(await current()).not.toBe('one');
  });

  it('turns off: keeps the function, drops the dates, rotates no more', async () => {
    await begin();
    await service.settle();
    await client.send(new CancelRotateSecretCommand({ SecretId: 'a' }));
    const described = await describeSecret();
    expect(described).toMatchObject({
      RotationEnabled: false,
      RotationLambdaARN: LAMBDA,
    });
    expect(described).not.toHaveProperty('NextRotationDate');
    expect(described).not.toHaveProperty('LastRotatedDate');
    now += 100 * DAY_MS;
    await service.rotateDue();
    expect(reports).toHaveLength(1);
  });

  it.each([
    {
      reason: 'a secret without a function',
      send: () => begin({ RotationLambdaARN: undefined }),
      error: { name: InvalidRequestException.name },
    },
    {
      reason: 'to turn off what was never on',
      send: () => client.send(new CancelRotateSecretCommand({ SecretId: 'a' })),
      error: { name: InvalidRequestException.name },
    },
    {
      reason: 'a function that may not be called',
      send: () => begin({ RotationLambdaARN: `${LAMBDA}2` }),
      error: { name: 'AccessDeniedException' },
    },
    {
      reason: 'a secret that is not there',
      send: () => begin({ SecretId: 'b' }),
      error: { name: ResourceNotFoundException.name },
    },
    ...[
      { AutomaticallyAfterDays: 0 },
      { AutomaticallyAfterDays: 1001 },
      { AutomaticallyAfterDays: 30, ScheduleExpression: 'rate(30 days)' },
      { ScheduleExpression: 'rate(3 hours)' },
      { ScheduleExpression: 'cron(0 8 1 * ? *)' },
      { AutomaticallyAfterDays: 30, Duration: 'long' },
    ].map(RotationRules => ({
      reason: JSON.stringify(RotationRules),
      send: () => begin({ RotationRules }),
      error: { name: InvalidParameterException.name },
    })),
    {
      reason: 'a token that is too short',
      send: () => begin({ ClientRequestToken: 'short' }),
      error: { name: InvalidParameterException.name },
    },
  ])('refuses $reason', async ({ send, error }) => {
    await expect(send()).rejects.toMatchObject(error);
    expect(await describeSecret()).not.toHaveProperty('RotationEnabled');
    expect(events).toEqual([]);
  });

  it('reports a function that says done and did nothing, by the words of AWS', async () => {
    const idle = await startSecretsManager({
      port: 0,
      stateFile: join(createFolder(), 'secrets.json'),
      rotationFunctions: { [LAMBDA]: async () => {} },
      reportRotation: report => reports.push(report),
    });
    const other = createSecretsClient(idle.url);
    await other.send(
      new CreateSecretCommand({ Name: 'a', SecretString: 'one' }),
    );
    await other.send(
      new RotateSecretCommand({ SecretId: 'a', RotationLambdaARN: LAMBDA }),
    );
    await idle.settle();
    expect(reports).toMatchObject([
      {
        failure: {
          step: 'createSecret',
          error: {
            message: expect.stringMatching(
              /^Pending secret version .* was not created by Lambda/,
            ),
          },
        },
      },
    ]);
    other.destroy();
    await idle.stop();
  });
});
