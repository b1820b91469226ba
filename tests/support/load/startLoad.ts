import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { JsonObject } from '@backstage/types';
import { startGitHub } from '@goldenpath/local-github';
import { readInfraRepoFiles } from '@goldenpath/local-platform';
import { Client } from 'pg';
import { signInAsGuest, TaskEvent } from '../backstage';
import { createFolder } from '../createFolder';
import { githubClient } from '../github';
import { exampleTeams } from '../replica/exampleTeams';
import { startReplica } from '../replica/startReplica';
import type { TemporaryPostgres } from '../temporaryPostgres';
import { createStandInRuns } from './standInRuns';

const ROOT = resolve(__dirname, '../../..');
const INFRA = { owner: 'acme', name: 'platform-infra' };
/** Every backend has it; the port on which it listens is its own. */
const BASE_URL = 'http://localhost:7007';
export const BACKSTAGE_TOKEN = 'backstage-token';

/** What a backend used until it ended. */
export interface Usage {
  /** Peak of its memory. */
  mib: number;
  /** Processor time. */
  busySeconds: number;
}

/**
 * A backend as a process of its own, and a GitHub whose workflow runs only take time.
 * @param wait - resolves when a run may end
 */
export const startLoad = async (options: {
  /** Stopped with the rest. */
  postgres: Pick<
    TemporaryPostgres,
    'host' | 'port' | 'ca' | 'databases' | 'stop'
  >;
  wait(): Promise<void>;
  scaffolder: JsonObject;
}) => {
  const folder = createFolder();
  let fail!: (error: Error) => void;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {});
  const { postgres } = options;
  const github = await startGitHub({
    port: 0,
    stateDir: join(folder, 'github'),
    actions: deps =>
      createStandInRuns(deps, {
        workRoot: join(folder, 'runs'),
        infraRepo: INFRA,
        wait: options.wait,
        onFailure: fail,
      }),
  });
  await github.createOrganisation(INFRA.owner);
  await github.createRepository(
    INFRA.owner,
    INFRA.name,
    await readInfraRepoFiles(join(ROOT, 'platform')),
    { isPrivate: false },
  );
  const { username, password } = postgres.databases.backstage;
  const connection = {
    host: postgres.host,
    port: postgres.port,
    user: username,
    password,
    database: 'backstage',
  };
  const sql = new Client({ ...connection, ssl: { ca: postgres.ca } });
  await sql.connect();
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, postgres.ca);
  const usageFile = join(folder, 'usage.json');
  const { host } = new URL(github.url);
  const replica = await startReplica(
    {
      app: { baseUrl: BASE_URL },
      backend: {
        baseUrl: BASE_URL,
        workingDirectory: folder,
        database: {
          client: 'pg',
          pluginDivisionMode: 'schema',
          connection: { ...connection, ssl: true },
        },
      },
      integrations: {
        github: [
          {
            host,
            apiBaseUrl: github.apiUrl,
            rawBaseUrl: github.rawUrl,
            token: BACKSTAGE_TOKEN,
          },
        ],
      },
      ...exampleTeams(['backend-app-rds']),
      scaffolder: options.scaffolder,
      goldenPath: {
        infraRepo: {
          repoUrl: `${host}?owner=${INFRA.owner}&repo=${INFRA.name}`,
        },
        app: { owner: INFRA.owner },
      },
    },
    {
      NODE_EXTRA_CA_CERTS: caFile,
      NODE_OPTIONS: `--require ${join(ROOT, 'benchmarks/recordUsage.js')}`,
      GOLDENPATH_USAGE_FILE: usageFile,
    },
  );
  await replica.ready();
  const backstage = await signInAsGuest(replica.url);

  return {
    github,
    backstage,
    infra: githubClient(github.apiUrl, `${INFRA.owner}/${INFRA.name}`),
    /** What Backstage has sent to GitHub's REST API. */
    calls: () => github.callLimits.countOf(BACKSTAGE_TOKEN),
    log: () => replica.log(),
    /** Follows a task to its end. @throws Error when a stand-in run failed: its task would wait */
    finished: (id: string) => Promise.race([backstage.finished(id), failed]),
    /** Submits a form. @returns the id of its task */
    send: async (form: Record<string, string>): Promise<string> => {
      const { status, id, body } = await backstage.createTask(form);
      if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
      return id;
    },
    /** The steps of a task with each of their statuses, such as `validate completed`. */
    steps: async (id: string): Promise<string[]> => {
      const answer = await backstage.get(
        `/api/scaffolder/v2/tasks/${id}/events`,
      );
      const events = (await answer.json()) as TaskEvent[];
      return events.flatMap(({ body }) =>
        body.stepId && body.status ? [`${body.stepId} ${body.status}`] : [],
      );
    },
    /** How many tasks have come to the step that waits for the run. */
    countWaiting: async (): Promise<number> => {
      const { rows } = await sql.query<{ count: string }>(
        `SELECT count(DISTINCT task_id) FROM scaffolder.task_events
          WHERE body::jsonb ->> 'stepId' = 'await-rds' AND body::jsonb ->> 'status' = 'processing'`,
      );
      return Number(rows[0].count);
    },
    /** Ends the backend. */
    stopBackend: async (): Promise<Usage> => {
      await replica.stop();
      const { peakKib, busySeconds } = JSON.parse(
        readFileSync(usageFile, 'utf8'),
      );
      return { mib: peakKib / 1024, busySeconds };
    },
    stop: async () => {
      await replica.kill();
      await sql.end();
      await github.stop();
      await postgres.stop();
    },
  };
};
export type Load = Awaited<ReturnType<typeof startLoad>>;

/** The form for an app of this name. */
export const formOf = (app: string) => {
  const databaseName = app.replaceAll('-', '_');
  return {
    component_id: app,
    databaseName,
    username: `${databaseName}_user`,
    owner: 'group:default/checkout-team',
    environment: 'dev',
    description: 'One of many',
  };
};
