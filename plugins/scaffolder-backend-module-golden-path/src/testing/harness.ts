import { BackstageCredentials } from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import {
  DefaultGithubCredentialsProvider,
  ScmIntegrations,
} from '@backstage/integration';
import {
  createCommits,
  createContents,
  createPullRequestReader,
  createRepositories,
  createWorkflowRuns,
  octokitFromIntegrations,
} from '@goldenpath/plugin-golden-path-node';
import { Knex } from 'knex';
import { createCheckEntityNames } from '../checks/entityNameFree';
import { createCheckExistingApp } from '../checks/existingApp';
import { createCheckOwner } from '../checks/mayOwn';
import { createClaims } from '../claims';
import { systemClock } from '../clock';
import { readGoldenPathConfig } from '../config';
import { createWatches } from '../waiting/watches';
import { GitHub } from '../github';
import { createCompanyCatalog } from './companyCatalog';
import { FakeGitHub } from './fakeGitHub';
import { newSqlite } from './sqlite';

/** Claims in a database of their own, or in the one given. */
export const newClaims = (client: Knex = newSqlite()) =>
  createClaims({ getClient: async () => client });

const SERVICE: BackstageCredentials = {
  $$type: '@backstage/BackstageCredentials',
  principal: { type: 'service' },
};

/** What module.ts builds, against GitHub at the HTTP seam. */
export const newHarness = async (
  github: FakeGitHub,
  goldenPath: Record<string, any> = {},
) => {
  const rootConfig = new ConfigReader({
    integrations: { github: [github.integration] },
    goldenPath: {
      infraRepo: { repoUrl: `${github.host}?owner=acme&repo=platform-infra` },
      await: { pollInterval: { milliseconds: 10 }, timeout: { minutes: 10 } },
      ...goldenPath,
    },
  });
  const integrations = ScmIntegrations.fromConfig(rootConfig);
  const credentials =
    DefaultGithubCredentialsProvider.fromIntegrations(integrations);
  const config = readGoldenPathConfig(rootConfig, integrations);
  const { infraRepo } = config;
  const octokitFor = octokitFromIntegrations({
    host: github.host,
    integrations,
    credentials,
    sleep: async () => {},
  });
  const clients: GitHub = {
    repositories: createRepositories(octokitFor),
    workflowRuns: createWorkflowRuns(octokitFor),
    pullRequests: createPullRequestReader(octokitFor),
    infraFiles: createContents(octokitFor, infraRepo, infraRepo.baseBranch),
    editInfraFiles: createCommits(octokitFor, infraRepo, infraRepo.baseBranch)
      .edit,
    infraFilesOf: branch => createContents(octokitFor, infraRepo, branch),
    octokitFor,
  };
  const catalog = createCompanyCatalog();
  return {
    rootConfig,
    integrations,
    credentials,
    config,
    checkOwner: createCheckOwner(config.owners, catalog),
    checkExistingApp: createCheckExistingApp(catalog),
    checkEntityNames: createCheckEntityNames({
      catalog,
      auth: { getOwnServiceCredentials: async () => SERVICE },
    }),
    claims: await newClaims(),
    clock: systemClock,
    github: clients,
    githubFor: () => clients,
    watches: createWatches(config.await.pollMs, systemClock.now),
  };
};
export type Harness = Awaited<ReturnType<typeof newHarness>>;
