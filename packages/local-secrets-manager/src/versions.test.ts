import { join } from 'node:path';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetRandomPasswordCommandInput,
  GetSecretValueCommand,
  InvalidNextTokenException,
  InvalidParameterException,
  InvalidRequestException,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { createFolder } from '../../../tests/support/createFolder';
import { createSecretsClient } from '../../../tests/support/secrets';
import {
  LocalSecretsManager,
  startSecretsManager,
} from './startSecretsManager';

const token = (digit: number) => `${digit}`.repeat(32);
const [ONE, TWO, THREE] = [1, 2, 3].map(token);
const DAY_MS = 24 * 60 * 60 * 1000;

describe('versions and stages, asked by the AWS SDK', () => {
  let service: LocalSecretsManager;
  let client: SecretsManagerClient;
  let now: number;
  beforeEach(async () => {
    now = Date.UTC(2026, 10, 26, 12);
    service = await startSecretsManager({
      port: 0,
      stateFile: join(createFolder(), 'secrets.json'),
      now: () => now,
    });
    client = createSecretsClient(service.url);
    await client.send(
      new CreateSecretCommand({
        Name: 'a',
        SecretString: 'one',
        ClientRequestToken: ONE,
      }),
    );
  });
  afterEach(async () => {
    client.destroy();
    await service.stop();
  });

  const put = (id: string, value: string, stages?: string[]) =>
    client.send(
      new PutSecretValueCommand({
        SecretId: 'a',
        SecretString: value,
        ClientRequestToken: id,
        ...(stages ? { VersionStages: stages } : {}),
      }),
    );
  const move = (stage: string, to?: string, from?: string) =>
    client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: 'a',
        VersionStage: stage,
        ...(to ? { MoveToVersionId: to } : {}),
        ...(from ? { RemoveFromVersionId: from } : {}),
      }),
    );
  const get = (more: object) =>
    client.send(new GetSecretValueCommand({ SecretId: 'a', ...more }));
  const stages = async () =>
    (await client.send(new DescribeSecretCommand({ SecretId: 'a' })))
      .VersionIdsToStages;

  it('keeps a value pending beside the current one, then makes it current', async () => {
    expect(await put(TWO, 'two', ['AWSPENDING'])).toMatchObject({
      VersionId: TWO,
      VersionStages: ['AWSPENDING'],
    });
    expect((await get({})).SecretString).toBe('one');
    expect((await get({ VersionStage: 'AWSPENDING' })).SecretString).toBe(
      'two',
    );
    await move('AWSCURRENT', TWO, ONE);
    expect(await stages()).toEqual({
      [ONE]: ['AWSPREVIOUS'],
      [TWO]: ['AWSPENDING', 'AWSCURRENT'],
    });
    await move('AWSPENDING', undefined, TWO);
    expect(await stages()).toEqual({
      [ONE]: ['AWSPREVIOUS'],
      [TWO]: ['AWSCURRENT'],
    });
  });

  it('moves a stage that a request names away from the version that had it', async () => {
    await put(TWO, 'two', ['AWSPENDING', 'mine']);
    await put(THREE, 'three', ['AWSPENDING']);
    expect(await stages()).toEqual({
      [ONE]: ['AWSCURRENT'],
      [TWO]: ['mine'],
      [THREE]: ['AWSPENDING'],
    });
  });

  it('ignores a repeated request, also for its stages', async () => {
    await put(TWO, 'two', ['AWSPENDING']);
    await put(TWO, 'two');
    expect(await stages()).toEqual({
      [ONE]: ['AWSCURRENT'],
      [TWO]: ['AWSPENDING'],
    });
    await expect(put(TWO, 'other', ['AWSPENDING'])).rejects.toBeInstanceOf(
      ResourceExistsException,
    );
  });

  it('gives AWSPREVIOUS to the version that loses AWSCURRENT, back and forth', async () => {
    await put(TWO, 'two');
    await move('AWSCURRENT', ONE, TWO);
    expect(await stages()).toEqual({
      [ONE]: ['AWSCURRENT'],
      [TWO]: ['AWSPREVIOUS'],
    });
    await move('AWSCURRENT', ONE);
    expect((await get({})).SecretString).toBe('one');
  });

  it.each([
    {
      reason: 'to leave a secret without a current version',
      send: () => move('AWSCURRENT', undefined, ONE),
      error: InvalidParameterException,
    },
    {
      reason: 'to move a stage without its version',
      send: () => move('AWSCURRENT', TWO),
      error: InvalidParameterException,
    },
    {
      reason: 'to move a stage from another version than its own',
      send: () => move('AWSCURRENT', TWO, TWO),
      error: InvalidParameterException,
    },
    {
      reason: 'to remove a stage that the version has not',
      send: () => move('AWSPENDING', undefined, ONE),
      error: InvalidParameterException,
    },
    {
      reason: 'a version that is not there',
      send: () => move('AWSPENDING', THREE),
      error: ResourceNotFoundException,
    },
    {
      reason: 'a stage without a name',
      send: () => move('', TWO),
      error: InvalidParameterException,
    },
    {
      reason: 'a value without stages',
      send: () => put(THREE, 'three', []),
      error: InvalidParameterException,
    },
    {
      reason: 'a token that is too short',
      send: () => put('short', 'three'),
      error: InvalidParameterException,
    },
    {
      reason: 'a stage that the version has not',
      send: () => get({ VersionId: TWO, VersionStage: 'AWSCURRENT' }),
      error: InvalidRequestException,
    },
    {
      reason: 'the value of a stage that no version has',
      send: () => get({ VersionStage: 'AWSPENDING' }),
      error: ResourceNotFoundException,
    },
  ])('refuses $reason', async ({ send, error }) => {
    await put(TWO, 'two', ['mine']);
    await expect(send()).rejects.toBeInstanceOf(error);
    expect(await stages()).toEqual({ [ONE]: ['AWSCURRENT'], [TWO]: ['mine'] });
  });

  it('lists versions by pages, those without a stage only if asked', async () => {
    await put(TWO, 'two');
    await put(THREE, 'three');
    const list = async (more: object) =>
      client.send(new ListSecretVersionIdsCommand({ SecretId: 'a', ...more }));
    expect((await list({})).Versions).toMatchObject([
      { VersionId: TWO, VersionStages: ['AWSPREVIOUS'] },
      { VersionId: THREE, VersionStages: ['AWSCURRENT'] },
    ]);
    const first = await list({ IncludeDeprecated: true, MaxResults: 2 });
    expect(first.Versions![0]).not.toHaveProperty('VersionStages');
    const { NextToken } = first;
    const rest = await list({ IncludeDeprecated: true, NextToken });
    expect(
      [...first.Versions!, ...rest.Versions!].map(one => one.VersionId),
    ).toEqual([ONE, TWO, THREE]);
    await expect(list({ NextToken: 'x' })).rejects.toBeInstanceOf(
      InvalidNextTokenException,
    );
  });

  it('forgets old versions beyond a hundred, but none with a stage and none of the last 24 hours', async () => {
    const write = async (count: number, name: string) => {
      for (let index = 0; index < count; index++)
        await put(`${name}-${index}`.padEnd(32, '-'), `${name}${index}`);
    };
    const count = async () =>
      (
        await client.send(
          new ListSecretVersionIdsCommand({
            SecretId: 'a',
            IncludeDeprecated: true,
            MaxResults: 1,
            NextToken: '99',
          }),
        )
      ).NextToken;
    await put(TWO, 'two', ['mine']);
    await write(110, 'old');
    expect(await count()).toBe('100');
    now += 2 * DAY_MS;
    await put(THREE, 'three');
    expect(await count()).toBeUndefined();
    expect((await get({ VersionStage: 'mine' })).SecretString).toBe('two');
    expect((await get({ VersionStage: 'AWSPREVIOUS' })).SecretString).toBe(
      'old109',
    );
  });

  const random = async (input: GetRandomPasswordCommandInput) =>
    (await client.send(new GetRandomPasswordCommand(input))).RandomPassword!;

  it.each([
    { input: {}, matches: /^[!-~]{32}$/ },
    {
      input: { PasswordLength: 4 },
      matches: /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^\w]|.*_).{4}$/,
    },
    {
      input: { PasswordLength: 64, ExcludePunctuation: true },
      matches: /^[A-Za-z0-9]{64}$/,
    },
    {
      input: {
        PasswordLength: 3,
        IncludeSpace: true,
        RequireEachIncludedType: false,
      },
      matches: /^[ -~]{3}$/,
    },
    {
      input: {
        ExcludeNumbers: true,
        ExcludeUppercase: true,
        ExcludePunctuation: true,
        ExcludeCharacters: 'abcdefghijklmnopqrstuvwx',
      },
      matches: /^[yz]{32}$/,
    },
  ])('creates a random password for $input', async ({ input, matches }) => {
    for (let turn = 0; turn < 20; turn++)
      expect(await random(input)).toMatch(matches);
  });

  it.each([
    { PasswordLength: 0 },
    { PasswordLength: 4097 },
    { PasswordLength: 3 },
    {
      ExcludeNumbers: true,
      ExcludeUppercase: true,
      ExcludePunctuation: true,
      ExcludeLowercase: true,
    },
  ])('creates no random password for %j', async input => {
    await expect(random(input)).rejects.toBeInstanceOf(
      InvalidParameterException,
    );
  });
});
