import { createServer } from 'node:net';
import { AddressInfo } from 'node:net';
import { assertPortsFree, readPorts } from './ports';

describe('readPorts', () => {
  it('has a default for each', () => {
    expect(readPorts({})).toEqual({
      backstage: 7007,
      github: 7010,
      secretsManager: 7011,
      postgres: 7012,
    });
  });

  it('takes each from its variable', () => {
    expect(
      readPorts({
        PORT: '1',
        GITHUB_PORT: '2',
        SECRETS_MANAGER_PORT: '3',
        POSTGRES_PORT: '4',
      }),
    ).toEqual({
      backstage: 1,
      github: 2,
      secretsManager: 3,
      postgres: 4,
    });
  });

  it.each([
    {
      env: { PORT: 'http' },
      words: 'PORT=http is not a port',
      reason: 'a word',
    },
    {
      env: { GITHUB_PORT: '70000' },
      words: 'GITHUB_PORT=70000 is not a port',
      reason: 'out of range',
    },
    {
      env: { PORT: '7010' },
      words: 'PORT and GITHUB_PORT are both 7010',
      reason: 'the same port twice',
    },
  ])('refuses $reason', ({ env, words }) => {
    expect(() => readPorts(env)).toThrow(words);
  });
});

describe('assertPortsFree', () => {
  it('names a taken port, its part and its variable in one line', async () => {
    const server = createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const refusal = assertPortsFree({ ...readPorts({}), github: port }, [
        'dev',
      ]);
      await expect(refusal).rejects.toThrow(
        new RegExp(
          `^Already in use: .*port ${port} \\(GitHub, GITHUB_PORT\\)[^\\n]*$`,
        ),
      );
    } finally {
      server.close();
    }
  });

  it('names the taken port of another environment', async () => {
    const server = createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      await expect(
        assertPortsFree({ ...readPorts({}), postgres: port - 2 }, [
          'dev',
          'test',
          'staging',
        ]),
      ).rejects.toThrow(
        `port ${port} (PostgreSQL of staging, POSTGRES_PORT + 2)`,
      );
    } finally {
      server.close();
    }
  });

  it.each([
    {
      reason: 'the port of another part',
      ports: { backstage: 7, postgres: 6 },
      words:
        'Port 7 is for two: Backstage, PORT; PostgreSQL of test, POSTGRES_PORT + 1.',
    },
    {
      reason: 'a port above all',
      ports: { postgres: 65535 },
      words: 'Port 65536 (PostgreSQL of test, POSTGRES_PORT + 1) is not a port',
    },
  ])('refuses $reason for another environment', async ({ ports, words }) => {
    await expect(
      assertPortsFree({ ...readPorts({}), ...ports }, ['dev', 'test']),
    ).rejects.toThrow(words);
  });
});
