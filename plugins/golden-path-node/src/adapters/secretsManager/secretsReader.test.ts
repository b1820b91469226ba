import { startSecretsManager } from '@goldenpath/local-platform/src/secrets-manager';
import {
  CreateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecretsReader } from './secretsReader';

type Answer = Record<string, unknown> | Error;

/** A client that answers by the kind of command, and keeps what it was asked. */
const clientOf = (answers: {
  batch(ids: string[]): Answer;
  one?(id: string): Answer;
}) => {
  const asked: Array<string[] | string> = [];
  const send = async (command: {
    input: { SecretIdList?: string[]; SecretId?: string };
  }) => {
    const { SecretIdList: ids, SecretId: id = '' } = command.input;
    asked.push(ids ?? id);
    const answer = ids ? answers.batch(ids) : answers.one!(id);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { asked, reader: createSecretsReader({ send } as never) };
};
const named = (name: string) => Object.assign(new Error('no'), { name });
const value = (Name: string) => ({
  Name,
  VersionId: 'v1',
  SecretString: `text of ${Name}`,
});
const reading = (path: string) => ({
  path,
  text: `text of ${path}`,
  versionId: 'v1',
});

describe('createSecretsReader', () => {
  it('asks for twenty at a time and keeps the order', async () => {
    const paths = Array.from({ length: 45 }, (_, n) => `s${n}`);
    const { asked, reader } = clientOf({
      batch: ids => ({ SecretValues: [...ids].reverse().map(value) }),
    });
    expect(await reader.read(paths)).toEqual(paths.map(reading));
    expect(asked.map(({ length }) => length)).toEqual([20, 20, 5]);
  });

  it('finds the failures of single secrets inside a success', async () => {
    const { reader } = clientOf({
      batch: () => ({
        SecretValues: [value('good'), { Name: 'bytes', VersionId: 'v1' }],
        Errors: [
          { SecretId: 'gone', ErrorCode: 'ResourceNotFoundException' },
          {
            SecretId: 'arn:aws:secretsmanager:eu-central-1:1:secret:key-AbCdEf',
            ErrorCode: 'DecryptionFailure',
            Message: 'no key',
          },
        ],
      }),
    });
    expect(await reader.read(['good', 'gone', 'key', 'bytes'])).toEqual([
      reading('good'),
      { path: 'gone', problem: 'missing' },
      {
        path: 'key',
        problem: 'unreadable',
        reason: 'DecryptionFailure: no key',
      },
      { path: 'bytes', problem: 'unreadable', reason: expect.any(String) },
    ]);
  });

  it('asks one by one where the batch is denied', async () => {
    const { asked, reader } = clientOf({
      batch: () => named('AccessDeniedException'),
      one: id =>
        id === 'gone' ? named('ResourceNotFoundException') : value(id),
    });
    expect(await reader.read(['a', 'gone'])).toEqual([
      reading('a'),
      { path: 'gone', problem: 'missing' },
    ]);
    expect(asked).toEqual([['a', 'gone'], 'a', 'gone']);
  });

  it('says so when nobody can be asked', async () => {
    const { asked, reader } = clientOf({
      batch: () => named('CredentialsProviderError'),
    });
    await expect(reader.read(['a'])).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('CredentialsProviderError'),
    });
    expect(asked).toHaveLength(1);
  });

  it("reads through the vendor's own client", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'golden-path-secrets-'));
    const service = await startSecretsManager({
      port: 0,
      stateFile: join(folder, 'secrets.json'),
    });
    try {
      const client = new SecretsManagerClient({
        endpoint: service.url,
        region: 'eu-central-1',
        credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
      });
      const { VersionId } = await client.send(
        new CreateSecretCommand({ Name: 'a/b', SecretString: '{}' }),
      );
      expect(await createSecretsReader(client).read(['a/b', 'gone'])).toEqual([
        { path: 'a/b', text: '{}', versionId: VersionId },
        { path: 'gone', problem: 'missing' },
      ]);
    } finally {
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
