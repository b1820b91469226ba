import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeSecretCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import type { AuditRow } from '@goldenpath/plugin-golden-path-common';
import { secretName } from '@goldenpath/plugin-golden-path-common';
import { startSecretsManager } from '@goldenpath/local-secrets-manager';
import {
  createSecret,
  createSecretsClient,
} from '../../../../../tests/support/secrets';
import { connectPostgres } from '../../adapters/postgres/connectPostgres';
import { createRotationSecrets } from '../../adapters/secretsManager/rotationSecrets';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import { provision } from '../../provision/act/provision';
import type { ProvisionOptions } from '../../provision/act/run';
import type { ProvisionEvent } from '../../provision/decide/events';
import type { Instance } from '../../provision/testing/instance';
import { rotateDatabase, RotateDatabaseInput } from '../act/rotateDatabase';
import type { RotationEvent } from '../decide/events';
import type { RotationDeps, RotationSecrets } from '../ports';

const HOUR_MS = 3_600_000;

/** One environment on an instance with a Secrets Manager: the provisioner and rotations in it. */
export const rotationOn = async (
  instance: Pick<Instance, 'host' | 'port' | 'ca' | 'as'>,
  master: { username: string; password: string },
) => {
  const folder = mkdtempSync(join(tmpdir(), 'golden-path-rotation-'));
  let clock = 0;
  const now = () => new Date(Date.now() + clock);
  const server = await startSecretsManager({
    port: 0,
    now: () => now().getTime(),
    stateFile: join(folder, 'secrets.json'),
  });
  const client = createSecretsClient(server.url);
  const secrets = createRotationSecrets(client);
  const connect = connectPostgres({ ca: instance.ca });
  const rows: AuditRow[] = [];
  const audit = {
    prepare: async () => undefined,
    read: async () => rows,
    append: async (added: readonly AuditRow[]) => {
      rows.push(...added);
    },
  };
  const { host, port } = instance;
  await createSecret(client, 'goldenpath/dev/rds/master', {
    host,
    port,
    ...master,
  });
  const idOf = ({ key }: Pick<TfvarsEntry, 'key'>) => secretName('dev', key);

  const run = (
    entries: TfvarsEntry[],
    options: ProvisionOptions = {},
    report: (event: ProvisionEvent) => void = () => undefined,
  ) =>
    provision(
      { environment: 'dev', entries, options },
      { secrets, connect, audit, report, now },
    );
  const describe = async (entry: TfvarsEntry) =>
    (await client.send(new DescribeSecretCommand({ SecretId: idOf(entry) })))
      .VersionIdsToStages ?? {};
  const valueAt = async (entry: TfvarsEntry, stage: string) => {
    const [id] =
      Object.entries(await describe(entry)).find(([, stages]) =>
        stages.includes(stage),
      ) ?? [];
    return id === undefined
      ? undefined
      : (JSON.parse((await secrets.readVersion(idOf(entry), id))!.text) as {
          username: string;
          password: string;
        });
  };

  return {
    client,
    secrets,
    rows,
    run,
    describe,
    valueAt,
    idOf,
    connect,
    createFor: (entry: TfvarsEntry, password = 'the first one') =>
      createSecret(client, idOf(entry), {
        host,
        port,
        dbname: entry.databaseName,
        username: entry.username,
        password,
      }),
    put: (entry: TfvarsEntry, value: object) =>
      client.send(
        new PutSecretValueCommand({
          SecretId: idOf(entry),
          SecretString: JSON.stringify({
            host,
            port,
            dbname: entry.databaseName,
            ...value,
          }),
        }),
      ),
    /** Time passes: pods have fetched. */
    pass: (hours: number) => {
      clock += hours * HOUR_MS;
    },
    deps: (
      entries: TfvarsEntry[] | undefined,
      more: Partial<RotationDeps> = {},
    ): RotationDeps & { events: RotationEvent[] } => {
      const events: RotationEvent[] = [];
      return {
        secrets,
        connect,
        audit,
        report: event => events.push(event),
        now,
        options: {},
        ...(entries ? { readEntries: async () => entries } : {}),
        ...more,
        events,
      };
    },
    rotate: (
      entry: TfvarsEntry,
      deps: RotationDeps,
      more: Partial<RotateDatabaseInput> = {},
    ) =>
      rotateDatabase(deps, {
        database: entry.databaseName,
        secretId: idOf(entry),
        isAskedFor: true,
        ...more,
      }),
    /** Logs in as an app with the credentials of a stage, and runs a statement. */
    query: async (entry: TfvarsEntry, stage: string, sql: string) =>
      instance.as((await valueAt(entry, stage))!, entry.databaseName, sql),
    stop: async () => {
      client.destroy();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
export type RotationWorld = Awaited<ReturnType<typeof rotationOn>>;

/** An environment for each kind of master; available while tests run. */
export const provideWorlds = (
  instance: () => Instance,
): ((runAs: 'master' | 'superuser') => RotationWorld) => {
  const worlds = new Map<string, RotationWorld>();
  beforeAll(async () => {
    for (const runAs of ['master', 'superuser'] as const)
      worlds.set(runAs, await rotationOn(instance(), instance()[runAs]));
  });
  afterAll(async () => {
    for (const world of worlds.values()) await world.stop();
  });
  return runAs => worlds.get(runAs)!;
};

/** Secrets whose call number `at` fails: before Secrets Manager gets it, or with its answer. */
export const failAt = (
  secrets: RotationSecrets,
  at: number,
  when: 'request' | 'answer',
): RotationSecrets & { hasFailed(): boolean } => {
  let calls = 0;
  let hasFailed = false;
  const wrap =
    <Args extends unknown[], T>(call: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      if (hasFailed) throw new Error('killed');
      calls += 1;
      const isIt = calls === at;
      if (isIt && when === 'answer') await call(...args);
      if (isIt) {
        hasFailed = true;
        throw new Error('killed');
      }
      return call(...args);
    };
  return {
    read: wrap(secrets.read),
    describe: wrap(secrets.describe),
    readVersion: wrap(secrets.readVersion),
    putPending: wrap(secrets.putPending),
    moveCurrent: wrap(secrets.moveCurrent),
    dropPending: wrap(secrets.dropPending),
    generatePassword: wrap(secrets.generatePassword),
    hasFailed: () => hasFailed,
  };
};
