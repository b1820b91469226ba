import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JsonObject } from '@backstage/types';
import { EXAMPLE_FORM as form } from '../../../tests/support/exampleDatabase';
import { bootScaffolder, stepStatuses, textOf } from './testing/bootScaffolder';
import { FakeGitHub } from './testing/fakeGitHub';
import { emptyInfraFiles } from './testing/infraFiles';

const TOKEN = 'canary-token-of-jane';
const BACKSTAGE = 'token fake-token';
const REFUSAL = (host: string) =>
  `No user credentials provided for host ${host}, but scaffolder.requireScmUserCredentials is enabled`;

const installDoc = readFileSync(
  join(__dirname, '../../../docs/install.md'),
  'utf8',
);
/** Adds the field that asks for credentials, as docs/install.md has it. */
const addFieldOfDocs = (template: string): string => {
  const [, field] = /```yaml\n(githubOwner:\n.*?)```/s.exec(installDoc)!;
  const place = '      properties:\n';
  expect(template).toContain(place);
  return template.replace(
    place,
    place + field.replace(/^(?=.)/gm, ' '.repeat(8)),
  );
};

/** scaffolder.requireScmUserCredentials with the shipped template, through Backstage's API. */
describe("the users' own credentials", () => {
  let github: FakeGitHub;
  let scaffolder: Awaited<ReturnType<typeof bootScaffolder>> | undefined;
  beforeEach(async () => {
    github = new FakeGitHub();
    await github.start();
    for (const [path, text] of emptyInfraFiles()) github.files.set(path, text);
    github.onDispatch = run => github.endRun(run);
  });
  afterEach(async () => {
    await scaffolder?.stop();
    scaffolder = undefined;
    await github.stop();
  });

  const boot = async (settings: JsonObject) => {
    scaffolder = await bootScaffolder(
      github,
      { scaffolder: settings },
      'backend-app-rds',
      addFieldOfDocs,
    );
    return scaffolder;
  };
  const run = async (secrets?: Record<string, string>) => {
    const { body } = await scaffolder!.createTask(
      { ...form, githubOwner: 'acme' },
      secrets,
    );
    return { id: body.id, ...(await scaffolder!.finished(body.id)) };
  };
  const usedTokens = () =>
    new Set(
      github.requests.map(({ headers }) => toToken(headers.authorization!)),
    );
  /** git sends the token as a password. */
  const toToken = (authorization: string) =>
    authorization.startsWith('Basic ')
      ? Buffer.from(authorization.slice(6), 'base64')
          .toString()
          .replace('x-access-token:', 'token ')
      : authorization;

  it.each([{ taskRecovery: false }, { taskRecovery: true }])(
    'are used for every call, and stored nowhere after the end: taskRecovery $taskRecovery',
    async ({ taskRecovery }) => {
      const { database } = await boot({
        requireScmUserCredentials: true,
        taskRecovery: { enabled: taskRecovery },
      });
      const task = await run({ USER_OAUTH_TOKEN: TOKEN });
      expect([task.status, textOf(task.events)]).toEqual([
        'completed',
        expect.any(String),
      ]);
      expect(github.requests.length).toBeGreaterThan(5);
      expect(usedTokens()).toEqual(new Set([`token ${TOKEN}`]));
      expect(github.calls('POST', /dispatches$/)).toHaveLength(1);
      expect(github.git('acme/user-service', ['ls-tree', 'main'])).toContain(
        'catalog-info.yaml',
      );

      expect(JSON.stringify(task)).not.toContain('canary');
      const tables: Array<{ name: string }> = await database
        .select('name')
        .from('sqlite_master')
        .where({ type: 'table' });
      expect(tables.map(({ name }) => name)).toContain('tasks');
      for (const { name } of tables)
        expect(JSON.stringify(await database(name).select('*'))).not.toContain(
          'canary',
        );
      expect(
        await database('tasks').where({ id: task.id }).select('secrets'),
      ).toEqual([{ secrets: null }]);
    },
  );

  it('are required by the first step: without a token no call is made', async () => {
    await boot({ requireScmUserCredentials: true });
    const task = await run();
    expect(task.status).toBe('failed');
    expect(stepStatuses(task.events)).toMatchObject({ validate: 'failed' });
    expect(textOf(task.events)).toContain(REFUSAL(github.host));
    expect(github.requests).toEqual([]);
  });

  it('are used when they are there, and not required, without the setting', async () => {
    await boot({});
    expect((await run()).status).toBe('completed');
    expect(usedTokens()).toEqual(new Set([BACKSTAGE]));
  });
});
