import { join } from 'node:path';
import { ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import { askHost } from '../../../tests/support/askHost';
import { createFolder } from '../../../tests/support/createFolder';
import { createSecretsClient } from '../../../tests/support/secrets';
import {
  LocalSecretsManager,
  startSecretsManager,
} from './startSecretsManager';

describe('who may ask the local Secrets Manager', () => {
  let service: LocalSecretsManager;
  beforeEach(async () => {
    service = await startSecretsManager({
      port: 0,
      stateFile: join(createFolder(), 'secrets.json'),
      accessKeyId: 'THEKEY',
    });
  });
  afterEach(() => service.stop());

  const list = async (accessKeyId: string) => {
    const client = createSecretsClient(service.url, accessKeyId);
    return client
      .send(new ListSecretsCommand({}))
      .finally(() => client.destroy());
  };

  it('is who signs with its access key', async () => {
    expect((await list('THEKEY')).SecretList).toEqual([]);
    for (const other of ['OTHERKEY', 'THEKEY2', 'thekey'])
      await expect(list(other)).rejects.toMatchObject({
        name: 'UnrecognizedClientException',
      });
  });

  it.each(['', 'Bearer THEKEY', 'AWS4-HMAC-SHA256 SignedHeaders=Credential='])(
    'is not who does not sign: "%s"',
    async authorization => {
      const answer = await fetch(service.url, {
        method: 'POST',
        headers: {
          'x-amz-target': 'secretsmanager.ListSecrets',
          authorization,
        },
        body: '{}',
      });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({
        __type: 'MissingAuthenticationTokenException',
      });
    },
  );

  it.each([
    { host: 'evil.example', status: 421 },
    { host: 'evil.example:7011', status: 421 },
    { host: 'localhost.evil.example', status: 421 },
    { host: '', status: 421 },
    { host: 'LocalHost', status: 200 },
    { host: '127.0.0.1:1', status: 200 },
    { host: '[::1]:1', status: 200 },
  ])('answers the host "$host" with $status', async ({ host, status }) => {
    expect((await askHost(service.port, host)).status).toBe(status);
    // The key is asked for after the host.
    expect((await askHost(service.port, host, { method: 'POST' })).status).toBe(
      status === 421 ? 421 : 400,
    );
  });
});
