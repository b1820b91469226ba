import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { startSecretsManager } from '@goldenpath/local-secrets-manager';
import { AUDIT_COLUMNS } from '@goldenpath/plugin-golden-path-common';
import type { TfvarsEntry } from '@goldenpath/plugin-golden-path-node';
import { parse } from 'csv-parse/sync';
import type { Instance } from '../../../../../plugins/golden-path-node/src/provision/testing/instance';
import { builtCli } from '../../../../../tests/support/builtCli';
import { createFolder } from '../../../../../tests/support/createFolder';
import {
  awsVariables,
  createSecretsClient,
} from '../../../../../tests/support/secrets';

/** The password of every app here: a word to search for, and characters that require quoting. */
export const PASSWORD = `cAnArY'"\\%s ü`;

/** Runs the program in child processes, against an instance, with its own Secrets Manager and folder. */
export const provisionProcesses = async (
  instance: Instance,
  runAs: 'master' | 'superuser' = 'master',
) => {
  const folder = createFolder();
  const bin = await builtCli();
  const secretsManager = await startSecretsManager({
    port: 0,
    stateFile: join(folder, 'secrets.json'),
  });
  const client = createSecretsClient(secretsManager.url);
  const { host, port } = instance;
  const makeSecret = (name: string, value: object) =>
    client.send(
      new CreateSecretCommand({
        Name: name,
        SecretString: JSON.stringify(value),
        // The same version for all secrets: the comment of a role names it.
        ClientRequestToken: '11111111-1111-4111-8111-111111111111',
      }),
    );
  await makeSecret('goldenpath/dev/rds/master', {
    host,
    port,
    ...instance[runAs],
  });

  return {
    folder,
    makeSecretOf: ({ key, databaseName, username }: TfvarsEntry) =>
      makeSecret(`goldenpath/dev/${key}/postgres`, {
        host,
        port,
        dbname: databaseName,
        username,
        password: PASSWORD,
      }),
    /** Starts the program on these entries. */
    start: (apps: readonly TfvarsEntry[], audit: string, ...more: string[]) => {
      const tfvars = join(createFolder(), 'terraform.tfvars');
      const declared = apps.map(
        ({ key, databaseName, username }) =>
          `  ${key} = { database_name = "${databaseName}", username = "${username}" }\n`,
      );
      writeFileSync(
        tfvars,
        `application_databases = {\n${declared.join('')}}\n`,
      );
      const child = spawn(
        process.execPath,
        [
          ...[bin, 'provision', '--env', 'dev', '--tfvars', tfvars],
          ...['--ca-file', instance.caFile, '--audit-output', audit, ...more],
        ],
        {
          cwd: folder,
          env: {
            PATH: process.env.PATH,
            HOME: folder,
            ...awsVariables(secretsManager.url),
          },
        },
      );
      const chunks: string[] = [];
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', chunk => chunks.push(String(chunk)));
      const ended = new Promise<{ code: number | null; said: string }>(
        (done, fail) => {
          child.on('error', fail);
          child.on('close', code => done({ code, said: chunks.join('') }));
        },
      );
      return { child, ended };
    },
    stop: async () => {
      await secretsManager.stop();
    },
  };
};

export type ProvisionProcesses = Awaited<ReturnType<typeof provisionProcesses>>;

/** Parses strictly: a row of another length or a stray quote is an error. */
export const readAudit = (path: string): Array<Record<string, string>> =>
  parse(readFileSync(path, 'utf8'), {
    columns: header => {
      expect(header).toEqual([...AUDIT_COLUMNS]);
      return header;
    },
  });

/** The databases that have a successful row for this action in the audit, sorted. */
export const made = (rows: Array<Record<string, string>>, action: string) =>
  rows
    .filter(row => row.action === action && row.status !== 'failed')
    .map(({ database }) => database)
    .sort();

export const expectNoPassword = (instance: Instance, ...texts: string[]) => {
  const secrets = [
    PASSWORD.slice(0, 6),
    instance.master.password,
    instance.superuser.password,
  ];
  const lines = texts
    .flatMap(text => text.split('\n'))
    .filter(line => secrets.some(secret => line.includes(secret)));
  expect(lines).toEqual([]);
};
