import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JsonObject } from '@backstage/types';
import { Client } from 'pg';
import { signInAsGuest } from '../backstage';
import { createFolder } from '../createFolder';
import { startInfraGitHub } from '../infraGitHub';
import { startTemporaryPostgres } from '../temporaryPostgres';
import { createDatabaseGate, DatabaseGate } from './databaseGate';
import { exampleTeams } from './exampleTeams';
import { startGitHubGate } from './githubGate';
import { Replica, startReplica } from './startReplica';
import { LONG_IDLE } from '../longIdle';

/** Every backend has it; the ports on which they listen are their own. */
const BASE_URL = 'http://localhost:7007';

/** A busy machine delays the heartbeat, which a task sends every second; a task that counts as stale is run twice. */
export const STALE_TIMEOUT = { seconds: 6 };

/** The names of a form; each app of a test gets its own, all of the same length. */
const formOf = (app: string) => ({
  component_id: app,
  databaseName: databaseOf(app),
  username: `${databaseOf(app)}_user`,
  owner: 'group:default/checkout-team',
  environment: 'dev',
  description: 'Killed and recovered',
});
const databaseOf = (app: string) => app.replaceAll('-', '_');

/** Replaces the names of an app, so that texts about two apps can be compared. */
export const withoutNames = (text: string, app: string): string =>
  text.replaceAll(app, '{app}').replaceAll(databaseOf(app), '{database}');

/**
 * PostgreSQL, a GitHub whose Actions run the shipped workflows, and gates before both. Backends are started one by one
 * and share them.
 * @param prefix - of all apps' names: `<prefix>-<two characters>`
 */
export const bootReplicas = async (
  prefix: string,
  options?: Parameters<typeof startInfraGitHub>[0],
) => {
  const postgres = await startTemporaryPostgres({
    settings: { max_connections: '400' },
  });
  const infra = await startInfraGitHub(options);
  const names = new RegExp(
    `${prefix}-[a-z0-9]{2}|${databaseOf(prefix)}_[a-z0-9]{2}`,
  );
  const gate = await startGitHubGate(infra.github, {
    appIn: text => names.exec(text)?.[0].replaceAll('_', '-'),
    normalise: text => {
      const name = names.exec(text)?.[0].replaceAll('_', '-');
      return name === undefined ? text : withoutNames(text, name);
    },
  });
  const { username, password } = postgres.databases.backstage;
  const sql = new Client({
    host: postgres.host,
    port: postgres.port,
    user: username,
    password,
    database: 'backstage',
    ssl: { ca: postgres.ca },
  });
  await sql.connect();
  const caFile = join(createFolder(), 'ca.pem');
  writeFileSync(caFile, postgres.ca);
  const replicas: Replica[] = [];
  let database: DatabaseGate | undefined;

  const start = async ({
    workspaces = createFolder(),
    token = 'local-token',
    scaffolder = {},
    provision = {},
    status = {},
    env = {},
  }: {
    /** Folder in which its tasks work; backends on different machines share no files. */
    workspaces?: string;
    /** Of `integrations.github`. */
    token?: string;
    scaffolder?: JsonObject;
    provision?: JsonObject;
    /** Of the plugin that follows requests, which `WITH_STATUS` of the environment adds. */
    status?: JsonObject;
    env?: Record<string, string>;
  } = {}) => {
    const replica = await startReplica(
      {
        app: { baseUrl: BASE_URL },
        backend: {
          baseUrl: BASE_URL,
          server: LONG_IDLE,
          workingDirectory: workspaces,
          database: {
            client: 'pg',
            pluginDivisionMode: 'schema',
            connection: {
              host: postgres.host,
              port: postgres.port,
              user: username,
              password,
              database: 'backstage',
              ssl: true,
            },
            // A held write keeps its connection.
            knexConfig: { pool: { max: 100 } },
          },
        },
        integrations: {
          github: [
            {
              host: gate.host,
              apiBaseUrl: `http://${gate.host}/api/v3`,
              rawBaseUrl: `http://${gate.host}/raw`,
              token,
            },
          ],
        },
        ...exampleTeams(['backend-app-rds', 'rds-provision']),
        scaffolder: {
          taskRecovery: { enabled: true, staleTimeout: STALE_TIMEOUT },
          concurrentTasksLimit: 200,
          ...scaffolder,
        },
        goldenPath: {
          infraRepo: { repoUrl: `${gate.host}?owner=acme&repo=platform-infra` },
          app: { owner: 'acme' },
          await: { pollInterval: { seconds: 1 } },
          provision,
          status,
        },
      },
      { NODE_EXTRA_CA_CERTS: caFile, ...env },
    );
    replicas.push(replica);
    return replica;
  };

  return {
    formOf,
    infra,
    gate,
    postgres,
    sql,
    start,
    /** Waits until the backend is ready; the first one creates the tables, which then get their gate. */
    signIn: async (replica: Replica) => {
      await replica.ready();
      const client = await signInAsGuest(replica.url);
      database ??= await createDatabaseGate(sql);
      return client;
    },
    database: () => database!,
    /**
     * Moves what the tasks stored about an unanswered dispatch into the past, as if the outage had lasted longer: a task
     * looks for its run for two minutes before it dispatches again.
     */
    passMinutes: async (minutes: number) => {
      const { rows } = await sql.query<{ id: string; state: string }>(
        "SELECT id, state FROM scaffolder.tasks WHERE state LIKE '%.dispatch.begun.%'",
      );
      for (const { id, state } of rows)
        await sql.query(
          'UPDATE scaffolder.tasks SET state = $2 WHERE id = $1',
          [
            id,
            state.replace(
              /"at":(\d+)/,
              (_, at) => `"at":${Number(at) - minutes * 60_000}`,
            ),
          ],
        );
    },
    stop: async () => {
      for (const replica of replicas) await replica.kill();
      await sql.end();
      await gate.stop();
      await infra.stop();
      await postgres.stop();
    },
  };
};
export type Replicas = Awaited<ReturnType<typeof bootReplicas>>;
