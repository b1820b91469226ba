import { statSync } from 'node:fs';
import { join } from 'node:path';
import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  InvalidRequestException,
  ListSecretsCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  RestoreSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { createFolder } from '../../../tests/support/createFolder';
import { createSecretsClient } from '../../../tests/support/secrets';
import {
  LocalSecretsManager,
  startSecretsManager,
} from './startSecretsManager';

/** The vendor's own client is the judge: it reads answers and errors by the vendor's model. */
describe('the local Secrets Manager, asked by the AWS SDK', () => {
  let folder: string;
  let service: LocalSecretsManager;
  let client: SecretsManagerClient;
  const stateFile = () => join(folder, 'secrets.json');
  const start = async () => {
    service = await startSecretsManager({ port: 0, stateFile: stateFile() });
    client = createSecretsClient(service.url);
  };
  beforeEach(async () => {
    folder = createFolder();
    await start();
  });
  afterEach(async () => {
    client.destroy();
    await service.stop();
  });
  const create = (name: string, value = 'one') =>
    client.send(new CreateSecretCommand({ Name: name, SecretString: value }));
  const get = (id: string, more = {}) =>
    client.send(new GetSecretValueCommand({ SecretId: id, ...more }));

  it('gives back what was put in, by name and by ARN, with times as dates', async () => {
    const { ARN, VersionId } = await create(
      'goldenpath/dev/users_db/postgres',
      'pä"ss 🐘',
    );
    const value = await get('goldenpath/dev/users_db/postgres');
    expect(value).toMatchObject({
      ARN,
      VersionId,
      SecretString: 'pä"ss 🐘',
      VersionStages: ['AWSCURRENT'],
    });
    expect(value.CreatedDate).toBeInstanceOf(Date);
    expect((await get(ARN!)).VersionId).toBe(VersionId);
  });

  it('moves the stages with a new version', async () => {
    const first = await create('a');
    const second = await client.send(
      new PutSecretValueCommand({ SecretId: 'a', SecretString: 'two' }),
    );
    expect((await get('a')).SecretString).toBe('two');
    expect((await get('a', { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe(
      'one',
    );
    expect((await get('a', { VersionId: first.VersionId })).SecretString).toBe(
      'one',
    );
    expect(
      (await client.send(new DescribeSecretCommand({ SecretId: 'a' })))
        .VersionIdsToStages,
    ).toEqual({
      [first.VersionId!]: ['AWSPREVIOUS'],
      [second.VersionId!]: ['AWSCURRENT'],
    });
  });

  it('reports the failures of single secrets inside a success answer', async () => {
    await create('a');
    const answer = await client.send(
      new BatchGetSecretValueCommand({ SecretIdList: ['a', 'b'] }),
    );
    expect(answer.SecretValues).toMatchObject([
      { Name: 'a', SecretString: 'one' },
    ]);
    expect(answer.Errors).toEqual([
      {
        SecretId: 'b',
        ErrorCode: 'ResourceNotFoundException',
        Message: "Secrets Manager can't find the specified secret.",
      },
    ]);
  });

  it.each([
    {
      reason: 'more than 20 at once',
      send: () =>
        client.send(
          new BatchGetSecretValueCommand({ SecretIdList: Array(21).fill('a') }),
        ),
      error: InvalidParameterException,
    },
    {
      reason: 'a secret that is not there',
      send: () => get('nothing'),
      error: ResourceNotFoundException,
    },
    {
      reason: 'a name that is taken',
      send: async () => {
        await create('a');
        return create('a');
      },
      error: ResourceExistsException,
    },
    {
      reason: 'a name with a blank',
      send: () => create('a b'),
      error: InvalidParameterException,
    },
    {
      reason: 'a secret that waits for its deletion',
      send: async () => {
        await create('a');
        await client.send(new DeleteSecretCommand({ SecretId: 'a' }));
        return get('a');
      },
      error: InvalidRequestException,
    },
  ])(
    'refuses $reason with the error that the model has',
    async ({ send, error }) => {
      await expect(send()).rejects.toBeInstanceOf(error);
    },
  );

  it('creates a secret without a value, as Terraform does', async () => {
    const created = await client.send(new CreateSecretCommand({ Name: 'a' }));
    expect(created).not.toHaveProperty('VersionId');
    await expect(get('a')).rejects.toBeInstanceOf(ResourceNotFoundException);
    await client.send(
      new PutSecretValueCommand({ SecretId: 'a', SecretString: 'one' }),
    );
    expect((await get('a')).SecretString).toBe('one');
    expect(
      await client.send(new GetResourcePolicyCommand({ SecretId: 'a' })),
    ).toMatchObject({ ARN: created.ARN, Name: 'a' });
  });

  it('takes a repeated request as one, and refuses another value under its token', async () => {
    await create('a');
    const put = (SecretString: string) =>
      client.send(
        new PutSecretValueCommand({
          SecretId: 'a',
          SecretString,
          ClientRequestToken: 'c0ffee00-0000-4000-8000-000000000000',
        }),
      );
    expect(await put('two')).toMatchObject({ VersionStages: ['AWSCURRENT'] });
    await put('two');
    await expect(put('three')).rejects.toBeInstanceOf(ResourceExistsException);
    expect((await get('a')).SecretString).toBe('two');
    expect((await get('a', { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe(
      'one',
    );
  });

  it.each([
    {
      target: 'secretsmanager.ReplicateSecretToRegions',
      body: '{}',
      says: 'UnknownOperationException',
      reason: 'an operation that it has not',
    },
    {
      target: 'secretsmanager.constructor',
      body: '{}',
      says: 'UnknownOperationException',
      reason: 'a name that every object has',
    },
    {
      target: 'secretsmanager.GetSecretValue',
      body: '{"SecretId": canary',
      says: 'SerializationException',
      reason: 'what is not JSON',
    },
    {
      target: 'secretsmanager.GetSecretValue',
      body: 'null',
      says: 'InternalServiceError',
      reason: 'what has no shape',
    },
  ])('answers $reason with $says', async ({ target, body, says }) => {
    const answer = await fetch(service.url, {
      method: 'POST',
      headers: { 'x-amz-target': target },
      body,
    });
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ __type: says });
    expect(text).not.toContain('canary');
  });

  it('lists by pages, and takes a deletion back', async () => {
    for (const name of ['a', 'b', 'c']) await create(name);
    const page = await client.send(new ListSecretsCommand({ MaxResults: 2 }));
    const rest = await client.send(
      new ListSecretsCommand({ MaxResults: 2, NextToken: page.NextToken }),
    );
    expect(
      [...page.SecretList!, ...rest.SecretList!].map(secret => secret.Name),
    ).toEqual(['a', 'b', 'c']);
    await client.send(new DeleteSecretCommand({ SecretId: 'a' }));
    await client.send(new RestoreSecretCommand({ SecretId: 'a' }));
    expect((await get('a')).SecretString).toBe('one');
  });

  it('keeps its state in a file that only its user may read', async () => {
    await create('a');
    await service.stop();
    expect((statSync(stateFile()).mode & 0o777).toString(8)).toBe('600');
    await start();
    expect((await get('a')).SecretString).toBe('one');
  });
});
