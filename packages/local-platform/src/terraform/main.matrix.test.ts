import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  LocalSecretsManager,
  startSecretsManager,
} from '@goldenpath/local-secrets-manager';
import { createFolder } from '../../../../tests/support/createFolder';
import {
  awsVariables,
  createSecret,
  createSecretsClient,
} from '../../../../tests/support/secrets';

const SHIM = resolve(__dirname, '../../bin-shims/terraform');

describe('the terraform stand-in', () => {
  let folder: string;
  let service: LocalSecretsManager;
  let client: SecretsManagerClient;

  beforeEach(async () => {
    folder = createFolder();
    service = await startSecretsManager({
      port: 0,
      stateFile: join(folder, 'secrets.json'),
    });
    client = createSecretsClient(service.url);
    await createSecret(client, 'goldenpath/dev/rds/master', {
      host: 'localhost',
      port: 7012,
      username: 'm',
      password: 'p',
    });
  });
  afterEach(async () => {
    client.destroy();
    await service.stop();
  });

  const terraform = (...args: string[]) =>
    new Promise<{ code: number | null; output: string }>(done => {
      const child = spawn(process.execPath, [SHIM, ...args], {
        cwd: folder,
        env: {
          PATH: process.env.PATH,
          ...awsVariables(service.url),
        },
      });
      let output = '';
      child.stdout.on('data', chunk => {
        output += chunk;
      });
      child.stderr.on('data', chunk => {
        output += chunk;
      });
      child.once('close', code => done({ code, output }));
    });
  const declare = (databases: string) =>
    writeFileSync(
      join(folder, 'terraform.tfvars'),
      `environment = "dev"\napplication_databases = {${databases}}\n`,
    );
  const secret = async (name: string) =>
    JSON.parse(
      (await client.send(new GetSecretValueCommand({ SecretId: name })))
        .SecretString!,
    );

  it('makes the secrets that are declared, once, and never says a password', async () => {
    declare(
      '\n  users_db = {\n    database_name = "users_db"\n    username      = "users_app_user"\n  }\n',
    );
    const first = await terraform('apply', '-auto-approve');
    expect(first).toMatchObject({
      code: 0,
      output: expect.stringContaining('1 added'),
    });
    const made = await secret('goldenpath/dev/users_db/postgres');
    expect(made).toMatchObject({
      host: 'localhost',
      port: 7012,
      dbname: 'users_db',
      username: 'users_app_user',
    });
    expect(made.password).toHaveLength(32);
    expect(first.output).not.toContain(made.password);

    expect(await terraform('apply', '-auto-approve')).toMatchObject({
      code: 0,
      output: expect.stringContaining('0 added'),
    });
    expect(await secret('goldenpath/dev/users_db/postgres')).toEqual(made);
  });

  it('plans without making anything', async () => {
    declare(
      '\n  users_db = { database_name = "users_db", username = "users_app_user" }\n',
    );
    expect(await terraform('plan')).toMatchObject({
      code: 0,
      output: expect.stringContaining('Plan: 1 to add'),
    });
    await expect(secret('goldenpath/dev/users_db/postgres')).rejects.toThrow();
  });

  it('applies the saved plan and nothing else', async () => {
    const entry = (name: string) =>
      `\n  ${name} = { database_name = "${name}", username = "${name}_user" }\n`;
    declare(entry('users_db'));
    expect(await terraform('plan', '-out=tfplan')).toMatchObject({ code: 0 });
    const shown = await terraform('show', '-json', 'tfplan');
    expect(JSON.parse(shown.output).resource_changes).toMatchObject([
      {
        address: 'aws_secretsmanager_secret.database["users_db"]',
        change: { actions: ['create'] },
      },
    ]);
    // What is declared later is not in the plan.
    declare(entry('users_db') + entry('orders_db'));
    expect(await terraform('apply', 'tfplan')).toMatchObject({
      code: 0,
      output: expect.stringContaining('1 added'),
    });
    await expect(secret('goldenpath/dev/orders_db/postgres')).rejects.toThrow();
    // As Terraform refuses a plan that is older than its state.
    expect(await terraform('apply', 'tfplan')).toMatchObject({
      code: 1,
      output: expect.stringContaining('Saved plan is stale'),
    });
  });

  it('deletes its own secrets that are no longer declared', async () => {
    declare(
      '\n  users_db = { database_name = "users_db", username = "users_app_user" }\n',
    );
    await terraform('apply', '-auto-approve');
    declare('');
    expect(await terraform('plan')).toMatchObject({
      output: expect.stringContaining('1 to destroy'),
    });
    expect(await terraform('apply', '-auto-approve')).toMatchObject({
      output: expect.stringContaining('1 destroyed'),
    });
    await expect(secret('goldenpath/dev/users_db/postgres')).rejects.toThrow(
      'marked for deletion',
    );
  });

  it('names the secrets that it declares', async () => {
    declare(
      '\n  users_db = { database_name = "users_db", username = "users_app_user" }\n',
    );
    const { code, output } = await terraform('output', '-json');
    expect(code).toBe(0);
    expect(JSON.parse(output).secret_names.value).toEqual({
      users_db: 'goldenpath/dev/users_db/postgres',
    });
  });

  it.each([['version'], ['init'], ['fmt', '-check'], ['plan']])(
    '%s says that it is a stand-in',
    async (...args) => {
      declare('');
      expect(await terraform(...args)).toMatchObject({
        code: 0,
        output: expect.stringContaining('stand-in of the local platform'),
      });
    },
  );

  it.each([
    {
      args: ['destroy'],
      says: 'not destroy',
      reason: 'a command that it has not',
    },
    {
      args: ['apply'],
      says: '-auto-approve',
      reason: 'a question that nobody could answer',
    },
    {
      args: ['init'],
      says: 'terraform.tfvars',
      reason: 'a file that is wrong',
    },
  ])('refuses $reason', async ({ args, says }) => {
    if (args[0] === 'init') declare('\n  users_db = {\n');
    expect(await terraform(...args)).toMatchObject({
      code: 1,
      output: expect.stringContaining(says),
    });
  });
});
