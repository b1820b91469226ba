import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { createActions, startGitHub } from '@goldenpath/local-github';
import {
  DISPATCHER,
  parseSettings,
  readInfraRepoFiles,
} from '@goldenpath/local-platform';
import {
  workflowInputs,
  WorkflowInputs,
} from '@goldenpath/plugin-golden-path-common';
import { builtCli } from './builtCli';
import { builtTerraform } from './builtTerraform';
import { EXAMPLE_DATABASE } from './exampleDatabase';
import { githubClient } from './github';

const ROOT = resolve(__dirname, '../..');
const REPO = { owner: 'acme', name: 'platform-infra' };

/** The inputs of the example's request. */
export const REQUEST = workflowInputs(
  { ...EXAMPLE_DATABASE, description: '' },
  { taskId: 'task-1', baseBranch: 'main' },
);

/** The inputs of a request for a database of this name. */
export const requestFor = (
  databaseName: string,
  changed: Partial<WorkflowInputs> = {},
): WorkflowInputs => {
  const environment = changed.environment ?? REQUEST.environment;
  return {
    ...REQUEST,
    database_name: databaseName,
    username: `${databaseName}_user`,
    request_id: `${environment}-${databaseName}`,
    task_id: `task-${databaseName}`,
    ...changed,
  };
};

/** A local GitHub with the kit as the infra repo; its Actions run the built command line of this workspace. */
export const startInfraGitHub = async (
  options: {
    /** Workflow files that must not run in this test. */
    without?: string[];
    /** Files that replace those of the kit, by path. */
    files?: Record<string, string>;
    runnerEnv?: Record<string, string>;
    folder?: string;
    /** Folder of the kit; by default this workspace's. */
    kit?: string;
  } = {},
) => {
  const folder =
    options.folder ?? mkdtempSync(join(tmpdir(), 'golden-path-infra-'));
  const terraform = await builtTerraform();
  const github = await startGitHub({
    port: 0,
    stateDir: join(folder, 'github'),
    conformance: true,
    actions: deps =>
      createActions({
        ...deps,
        workRoot: join(folder, 'runs'),
        runnerEnv: {
          ...options.runnerEnv,
          PATH: [terraform, dirname(process.execPath), process.env.PATH].join(
            delimiter,
          ),
        },
      }),
  });
  await github.createOrganisation(REPO.owner);
  const files = await readInfraRepoFiles(
    options.kit ?? resolve(ROOT, 'platform'),
  );
  for (const name of options.without ?? [])
    delete files[`.github/workflows/${name}`];
  Object.assign(files, options.files);
  await github.createRepository(REPO.owner, REPO.name, files, {
    isPrivate: false,
  });
  const { environments } = await parseSettings(files);
  const applied = ['rds-request', ...environments];
  for (const name of [
    ...applied,
    ...environments.flatMap(environment => [
      `${environment}-check`,
      `${environment}-rotate`,
    ]),
    'rds-review',
  ])
    await github.setEnvironment(REPO, name, { branches: ['main'] });
  await github.setVariable(REPO, 'GOLDENPATH_CLI', await builtCli());
  await github.setVariable(REPO, 'GOLDENPATH_DISPATCHER', DISPATCHER);
  const path = `/repos/${REPO.owner}/${REPO.name}`;
  const client = githubClient(github.apiUrl, `${REPO.owner}/${REPO.name}`);

  return {
    folder,
    github,
    repo: REPO,
    path,
    ...client,
    /** The variables that planning and applying require. @param caFile - CA of the instance */
    setVariables: async (caFile: string) => {
      for (const [name, value] of Object.entries({
        AWS_REGION: 'eu-central-1',
        AWS_PLAN_ROLE_ARN: 'arn:aws:iam::123456789012:role/plan',
        GOLDENPATH_CA_FILE: caFile,
      }))
        await github.setVariable(REPO, name, value);
    },
    /** Lets the workflows act as an App, whose key only the environments of `main` hold. @returns its id and key */
    installApp: async (...app: Parameters<typeof github.createApp>) => {
      const created = await github.createApp(...app);
      const { appId, privateKey } = created;
      await github.setVariable(REPO, 'GOLDENPATH_APP_ID', String(appId));
      for (const name of applied)
        await github.setEnvironmentSecret(
          REPO,
          name,
          'GOLDENPATH_APP_PRIVATE_KEY',
          privateKey,
        );
      return created;
    },
    dispatch: (inputs: object, ref = 'main') =>
      client.call(
        'POST',
        `${path}/actions/workflows/create-rds-database.yml/dispatches`,
        { ref, inputs },
      ),
    /** The open pull request of a branch, with its mergeable state. */
    pullOf: async (branch: string) => {
      const found = (await client.pullRequests('open')).find(
        pull => pull.head.ref === branch,
      );
      return (
        found &&
        client.json<
          typeof found & { mergeable: boolean; user: { login: string } }
        >(`${path}/pulls/${found.number}`)
      );
    },
    /** Every branch with its tip. */
    branches: async () =>
      Object.fromEntries(
        (
          await client.json<Array<{ name: string; commit: { sha: string } }>>(
            `${path}/branches?per_page=100`,
          )
        ).map(({ name, commit }) => [name, commit.sha]),
      ),
    stop: async () => {
      await github.stop();
      if (!options.folder) rmSync(folder, { recursive: true, force: true });
    },
  };
};
export type InfraGitHub = Awaited<ReturnType<typeof startInfraGitHub>>;
