import { startSecretsManager } from '@goldenpath/local-secrets-manager';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFolder } from '../../../../../tests/support/createFolder';
import { createSecretsClient } from '../../../../../tests/support/secrets';
import { describeReason } from '../../errors/describeReason';
import {
  createSecretsManagerClient,
  createSecretsReader,
} from './secretsReader';

type Answer = Record<string, unknown> | Error;

/** A client that answers by command, and records its requests. */
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
  it('reads twenty at a time and keeps the order', async () => {
    const paths = Array.from({ length: 45 }, (_, n) => `s${n}`);
    const { asked, reader } = clientOf({
      batch: ids => ({ SecretValues: [...ids].reverse().map(value) }),
    });
    expect(await reader.read(paths)).toEqual(paths.map(reading));
    expect(asked.map(({ length }) => length)).toEqual([20, 20, 5]);
  });

  it('reads errors of single secrets from a successful batch', async () => {
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
        reason:
          "DecryptionFailure: no key. Allow the role of this run kms:Decrypt on the secret's key.",
      },
      { path: 'bytes', problem: 'unreadable', reason: expect.any(String) },
    ]);
  });

  it('reads one by one when the batch is denied', async () => {
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

  it('reports that Secrets Manager is unreachable', async () => {
    const { asked, reader } = clientOf({
      batch: () => named('CredentialsProviderError'),
    });
    await expect(reader.read(['a'])).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('CredentialsProviderError'),
    });
    expect(asked).toHaveLength(1);
  });

  it('distinguishes a secret marked for deletion from an unreadable one', async () => {
    const { reader } = clientOf({
      batch: () => ({
        Errors: [
          {
            SecretId: 'deleted',
            ErrorCode: 'InvalidRequestException',
            Message:
              "You can't perform this operation on the secret because it was marked for deletion.",
          },
          {
            SecretId: 'broken',
            ErrorCode: 'InvalidRequestException',
            Message: 'You tried to use the wrong kind.',
          },
        ],
      }),
    });
    expect(await reader.read(['deleted', 'broken'])).toEqual([
      { path: 'deleted', problem: 'marked for deletion' },
      {
        path: 'broken',
        problem: 'unreadable',
        reason: 'InvalidRequestException: You tried to use the wrong kind.',
      },
    ]);
  });

  it('reports how many were read', async () => {
    const { reader } = clientOf({
      batch: ids => ({ SecretValues: ids.map(value) }),
    });
    const told: number[] = [];
    await reader.read(
      Array.from({ length: 45 }, (_, n) => `s${n}`),
      done => told.push(done),
    );
    expect(told).toEqual([20, 40, 45]);
  });

  describe("through the vendor's own client", () => {
    /** Answers by request number; records requests, and how many single reads run at once. */
    const serve = async (
      answer: (target: string, count: number, body: any) => [number, object],
      { together = 1, requests = 0 } = {},
    ) => {
      const asked: string[] = [];
      const atOnce = { now: 0, most: 0 };
      const held: Array<() => void> = [];
      const server = createServer(async (request, response) => {
        let text = '';
        for await (const chunk of request) text += chunk;
        const target = String(request.headers['x-amz-target']).split('.')[1];
        const count = asked.push(target);
        const share = target === 'GetSecretValue' ? 1 : 0;
        atOnce.now += share;
        atOnce.most = Math.max(atOnce.most, atOnce.now);
        if (share === 1) {
          const isReleased = new Promise<void>(done => held.push(done));
          if (held.length >= together || count >= requests) {
            // One too many would come now.
            await sleep(20);
            for (const release of held.splice(0)) release();
          }
          await isReleased;
        }
        atOnce.now -= share;
        const [status, json] = answer(target, count, JSON.parse(text));
        response
          .writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
          .end(JSON.stringify(json));
      });
      await new Promise<void>(done => {
        server.listen(0, '127.0.0.1', done);
      });
      const { port } = server.address() as AddressInfo;
      process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = `http://127.0.0.1:${port}`;
      return {
        asked,
        atOnce,
        reader: createSecretsReader(
          createSecretsManagerClient({ region: 'eu-central-1' }),
        ),
        close: () => server.close(),
      };
    };
    const before = process.env;
    beforeEach(() => {
      process.env = {
        ...before,
        AWS_ACCESS_KEY_ID: 'x',
        AWS_SECRET_ACCESS_KEY: 'x',
      };
    });
    afterEach(() => {
      process.env = before;
    });
    const throttled = [
      400,
      { __type: 'ThrottlingException', message: 'Rate exceeded' },
    ] as [number, object];

    it('retries when throttled', async () => {
      const service = await serve((_, count, { SecretIdList }) =>
        count <= 3
          ? throttled
          : [200, { SecretValues: SecretIdList.map(value), Errors: [] }],
      );
      try {
        expect(await service.reader.read(['a', 'b'])).toEqual([
          reading('a'),
          reading('b'),
        ]);
        expect(service.asked).toEqual(Array(4).fill('BatchGetSecretValue'));
      } finally {
        service.close();
      }
    });

    it('reads five at a time when the batch is denied, and retries when throttled', async () => {
      const paths = Array.from({ length: 45 }, (_, n) => `s${n}`);
      const service = await serve(
        (target, count, { SecretId }) => {
          if (target === 'BatchGetSecretValue')
            return [400, { __type: 'AccessDeniedException', message: 'no' }];
          return count === 10 ? throttled : [200, value(SecretId)];
        },
        { together: 5, requests: 3 + 45 + 1 },
      );
      try {
        expect(await service.reader.read(paths)).toEqual(paths.map(reading));
        expect(service.atOnce.most).toBe(5);
        expect(service.asked).toHaveLength(3 + 45 + 1);
      } finally {
        service.close();
      }
    });
  });

  describe('without --region', () => {
    const { AWS_REGION, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE } =
      process.env;
    beforeEach(() => {
      process.env.AWS_CONFIG_FILE = '/nowhere';
      process.env.AWS_SHARED_CREDENTIALS_FILE = '/nowhere';
    });
    afterEach(() => {
      for (const [name, before] of Object.entries({
        AWS_REGION,
        AWS_CONFIG_FILE,
        AWS_SHARED_CREDENTIALS_FILE,
      })) {
        if (before === undefined) delete process.env[name];
        else process.env[name] = before;
      }
    });

    const NONE = 'No AWS region: give --region or set AWS_REGION.';
    const read = (region?: string) =>
      createSecretsReader(createSecretsManagerClient({ region }))
        .read(['a'])
        .catch(describeReason);

    /** CASES 24 */
    it.each([
      { region: undefined, reason: 'not set' },
      { region: '', reason: 'empty, as from a variable that is not set' },
      { region: '   ', reason: 'blank' },
      { region: '\n', reason: 'a line break' },
    ])('says what to do where AWS_REGION is $reason', async ({ region }) => {
      if (region === undefined) delete process.env.AWS_REGION;
      else process.env.AWS_REGION = region;
      for (const option of [undefined, '', ' '])
        expect(await read(option)).toBe(NONE);
    });

    it.each([
      { region: 'a b', reason: 'a space' },
      { region: 'EU-CENTRAL-1', reason: 'upper case' },
      { region: 'eu_central_1', reason: 'underscores' },
      { region: 'eu-central', reason: 'no number' },
      { region: 'eu-central-1a', reason: 'an availability zone' },
      { region: 'Frankfurt', reason: 'a place' },
      { region: 'https://eu-central-1', reason: 'a URL' },
      { region: 'eu-central-1\nx', reason: 'a line break' },
      { region: 'eu-central-1,us-east-1', reason: 'two' },
      { region: 'undefined', reason: 'a variable of a script' },
      { region: '${AWS_REGION}', reason: 'a variable that nobody replaced' },
    ])('names $region, which is no region: $reason', async ({ region }) => {
      const says = `${NONE} ${JSON.stringify(
        region,
      )} is none; they look like eu-central-1.`;
      process.env.AWS_REGION = region;
      expect(await read()).toBe(says);
      process.env.AWS_REGION = 'eu-central-1';
      expect(await read(region)).toBe(says);
    });

    it.each([
      'eu-central-1',
      'us-gov-west-1',
      'us-isob-east-1',
      'eusc-de-east-1',
      'ap-southeast-7',
      'mx-central-1',
      'il-central-1',
      'cn-northwest-1',
    ])('takes %s, also with a space around it', async region => {
      process.env.AWS_REGION = ` ${region}\n`;
      expect(await createSecretsManagerClient().config.region()).toBe(region);
      expect(await createSecretsManagerClient({ region }).config.region()).toBe(
        region,
      );
    });
  });

  it("reads through the vendor's own client", async () => {
    const folder = createFolder();
    const service = await startSecretsManager({
      port: 0,
      stateFile: join(folder, 'secrets.json'),
    });
    try {
      const client = createSecretsClient(service.url);
      const { VersionId } = await client.send(
        new CreateSecretCommand({ Name: 'a/b', SecretString: '{}' }),
      );
      expect(await createSecretsReader(client).read(['a/b', 'gone'])).toEqual([
        { path: 'a/b', text: '{}', versionId: VersionId },
        { path: 'gone', problem: 'missing' },
      ]);
    } finally {
      await service.stop();
    }
  });
});
