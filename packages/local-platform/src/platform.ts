import { mkdirSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { masterSecretName } from '@goldenpath/plugin-golden-path-common';
import { startBackstage } from './backstage';
import {
  BROWSER_USER,
  createActions,
  startGitHub,
} from '@goldenpath/local-github';
import { assertOnePerEnvironment, startInstances } from './instances';
import { assertPortsFree, Ports } from './ports';
import { Postgres } from '@goldenpath/local-postgres';
import { startSecretsManager } from '@goldenpath/local-secrets-manager';
import { createRotationFunctions } from './rotationFunctions';
import { readTokens } from './tokens';
import { DISPATCHER, readInfraRepoFiles, parseSettings } from './seed';

export const ORGANISATION = 'acme';
export const INFRA_REPO = 'platform-infra';
/** The groups of packages/backend/catalog/org.yaml as teams on GitHub, so requests ask them for a review. */
const TEAMS = ['platform-team', 'checkout-team'];
/** The database in which Backstage keeps its own state, and its owner: as in app-config.yaml. */
const BACKSTAGE_DATABASE = 'backstage';
const REGION = 'eu-central-1';
/** How often Secrets Manager looks for rotations that are due. */
const ROTATION_INTERVAL_MS = 60_000;

export interface Platform {
  stateDir: string;
  urls: { backstage: string; github: string; secretsManager: string };
  backstageEnded: Promise<number | null>;
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL, Secrets Manager, GitHub with Actions, and Backstage, in that order, on loopback only. If a part
 * fails to start, the parts before it are stopped in reverse order.
 * @throws UsageError when a port is taken, or the state is of an earlier version; nothing is started
 */
export const startPlatform = async (options: {
  /** The workspace. */
  root: string;
  stateDir: string;
  ports: Ports;
  log: (line: string) => void;
  /** Called between the parts: whether to stop the start. */
  isStopWanted: () => boolean;
}): Promise<Platform> => {
  const { root, stateDir, ports, log } = options;
  const infraFiles = await readInfraRepoFiles(resolve(root, 'platform'));
  const { environments } = await parseSettings(infraFiles);
  await assertPortsFree(ports, environments);
  assertOnePerEnvironment(stateDir, environments);
  // PostgreSQL's own user may pass through the folder; other users can't list it.
  mkdirSync(stateDir, { recursive: true, mode: 0o711 });
  for (const folder of ['github', 'runs'])
    mkdirSync(join(stateDir, folder), { recursive: true, mode: 0o700 });
  const tokens = await readTokens(stateDir);
  const stops: Array<() => Promise<void>> = [];
  const stop = async () => {
    for (const stopPart of stops.splice(0).reverse()) await stopPart();
  };

  try {
    log('Starting PostgreSQL …');
    const instances = await startInstances({
      environments,
      stateDir,
      port: ports.postgres,
      databases: [BACKSTAGE_DATABASE],
      log,
    });
    stops.push(() => instances.stop());
    const postgres = instances.byEnvironment[environments[0]];
    await silenceBackstage(postgres);

    log('Starting Secrets Manager …');
    const aws = {
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://localhost:${ports.secretsManager}`,
      AWS_ACCESS_KEY_ID: tokens.accessKeyId,
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    };
    const functions = createRotationFunctions({
      root,
      environments,
      env: { ...aws, GOLDENPATH_CA_FILE: instances.caFile },
      logFile: join(stateDir, 'rotation.log'),
    });
    const secretsManager = await startSecretsManager({
      port: ports.secretsManager,
      stateFile: join(stateDir, 'secrets.json'),
      accessKeyId: tokens.accessKeyId,
      rotationFunctions: functions.byArn,
      reportRotation: functions.report,
    });
    const rotating = setInterval(
      () => void secretsManager.rotateDue(),
      ROTATION_INTERVAL_MS,
    );
    stops.push(async () => {
      clearInterval(rotating);
      await secretsManager.stop();
      await functions.stop();
    });
    await seedMasterSecrets(
      new SecretsManagerClient({
        endpoint: secretsManager.url,
        region: REGION,
        credentials: {
          accessKeyId: tokens.accessKeyId,
          secretAccessKey: aws.AWS_SECRET_ACCESS_KEY,
        },
      }),
      instances.byEnvironment,
    );

    log('Starting GitHub …');
    const github = await startGitHub({
      port: ports.github,
      stateDir: join(stateDir, 'github'),
      token: tokens.github,
      // /api/conformance lists the answers that differ from GitHub's.
      conformance: true,
      actions: deps =>
        createActions({
          ...deps,
          workRoot: join(stateDir, 'runs'),
          runnerEnv: {
            ...aws,
            PATH: [
              resolve(root, 'packages/local-platform/bin-shims'),
              dirname(process.execPath),
              process.env.PATH,
            ].join(delimiter),
          },
        }),
    });
    stops.push(() => github.stop());
    await seedInfraRepo(github, {
      root,
      files: infraFiles,
      environments,
      caFile: instances.caFile,
      token: tokens.github,
    });

    log('Starting Backstage …');
    const url = `http://localhost:${ports.backstage}`;
    const backstage = startBackstage({
      root,
      url,
      logFile: join(stateDir, 'backstage.log'),
      env: {
        ...aws,
        PORT: String(ports.backstage),
        GITHUB_PORT: String(ports.github),
        POSTGRES_PORT: String(ports.postgres),
        GITHUB_TOKEN: tokens.github,
        BACKSTAGE_DATABASE_PASSWORD:
          postgres.databases[BACKSTAGE_DATABASE].password,
        GOLDENPATH_CA_FILE: instances.caFile,
        NODE_EXTRA_CA_CERTS: instances.caFile,
      },
    });
    stops.push(() => backstage.stop());
    await backstage.ready(120_000, options.isStopWanted);

    return {
      stateDir,
      urls: {
        backstage: url,
        github: github.url,
        secretsManager: secretsManager.url,
      },
      backstageEnded: backstage.ended,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** Backstage polls its own database: its statements would fill the log. */
const silenceBackstage = async (postgres: Postgres) => {
  const client = await postgres.connectAsSuperuser();
  try {
    await client.query(
      `ALTER ROLE ${BACKSTAGE_DATABASE} SET log_statement = 'none'`,
    );
  } finally {
    await client.end();
  }
};

/** The master's credentials for each environment, whose port may have changed. */
const seedMasterSecrets = async (
  client: SecretsManagerClient,
  instances: Readonly<Record<string, Postgres>>,
) => {
  for (const [environment, { host, port, master }] of Object.entries(
    instances,
  )) {
    const SecretString = JSON.stringify({ host, port, ...master });
    const Name = masterSecretName(environment);
    await client
      .send(new CreateSecretCommand({ Name, SecretString }))
      .catch(async error => {
        if (error.name !== 'ResourceExistsException') throw error;
        await client.send(
          new PutSecretValueCommand({ SecretId: Name, SecretString }),
        );
      });
  }
};

const seedInfraRepo = async (
  github: Awaited<ReturnType<typeof startGitHub>>,
  {
    root,
    files,
    environments,
    caFile,
    token,
  }: {
    root: string;
    files: Record<string, string>;
    environments: readonly string[];
    caFile: string;
    token: string;
  },
) => {
  await github.createOrganisation(ORGANISATION);
  await github.createRepository(
    ORGANISATION,
    INFRA_REPO,
    files,
    // Everyone on this machine may clone it without a password.
    { isPrivate: false },
  );
  const repo = { owner: ORGANISATION, name: INFRA_REPO };
  for (const team of TEAMS) {
    await github.createTeam(ORGANISATION, team);
    await grantAccess(github.apiUrl, team, token);
  }
  await github.addCollaborator(repo, BROWSER_USER, 'write');
  await github.setVariable(repo, 'AWS_REGION', REGION);
  await github.setVariable(repo, 'GOLDENPATH_DISPATCHER', DISPATCHER);
  await github.setVariable(
    repo,
    'GOLDENPATH_CLI',
    resolve(root, 'packages/cli/bin/goldenpath-rds.js'),
  );
  await github.setVariable(repo, 'GOLDENPATH_CA_FILE', caFile);
  await github.setVariable(repo, 'AWS_PLAN_ROLE_ARN', 'local');
  for (const name of [
    ...environments.flatMap(environment => [
      environment,
      `${environment}-check`,
      `${environment}-rotate`,
    ]),
    'rds-request',
    'rds-review',
  ])
    await github.setEnvironment(repo, name, { branches: ['main'] });
  // No approval is required here. In a real infra repo this variable belongs to environments with reviewers.
  for (const environment of environments)
    await github.setEnvironmentVariable(
      repo,
      environment,
      'ALLOW_DB_PROVISION',
      'true',
    );
};

/** Only a team with access can be asked for a review. */
const grantAccess = async (apiUrl: string, team: string, token: string) => {
  const answer = await fetch(
    `${apiUrl}/orgs/${ORGANISATION}/teams/${team}/repos/${ORGANISATION}/${INFRA_REPO}`,
    {
      method: 'PUT',
      headers: {
        authorization: `token ${token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ permission: 'push' }),
    },
  );
  if (!answer.ok)
    throw new Error(
      `Team ${team} got no access to ${INFRA_REPO}: ${answer.status}`,
    );
};
