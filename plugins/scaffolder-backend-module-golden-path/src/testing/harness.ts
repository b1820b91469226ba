import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import {
  DefaultGithubCredentialsProvider,
  ScmIntegrations,
} from '@backstage/integration';
import {
  createPullRequestReader,
  createRepositories,
  createWorkflowRuns,
  octokitFromIntegrations,
} from '@goldenpath/plugin-golden-path-node';
import { Knex } from 'knex';
import { createClaims } from '../claims';
import { readGoldenPathConfig } from '../config';
import { FakeGitHub } from './fakeGitHub';

const databases = TestDatabases.create({ ids: ['SQLITE_3'] });

/** Claims in a database of their own, or in the one given. */
export const newClaims = async (client?: Knex) =>
  createClaims(
    mockServices.database.mock({
      getClient: async () => client ?? databases.init('SQLITE_3'),
    }),
  );

/** What module.ts builds, against GitHub at the HTTP seam. */
export const newHarness = async (
  github: FakeGitHub,
  goldenPath: Record<string, any> = {},
) => {
  const rootConfig = new ConfigReader({
    integrations: { github: [github.integration] },
    goldenPath: {
      infraRepo: { repoUrl: `${github.host}?owner=acme&repo=platform-infra` },
      await: { pollInterval: { milliseconds: 10 }, timeout: { seconds: 2 } },
      ...goldenPath,
    },
  });
  const integrations = ScmIntegrations.fromConfig(rootConfig);
  const credentials =
    DefaultGithubCredentialsProvider.fromIntegrations(integrations);
  const octokitFor = octokitFromIntegrations({
    host: github.host,
    integrations,
    credentials,
    sleep: async () => {},
  });
  return {
    rootConfig,
    integrations,
    credentials,
    octokitFor,
    config: readGoldenPathConfig(rootConfig, integrations),
    claims: await newClaims(),
    github: {
      repositories: createRepositories(octokitFor),
      workflowRuns: createWorkflowRuns(octokitFor),
      pullRequests: createPullRequestReader(octokitFor),
    },
  };
};
export type Harness = Awaited<ReturnType<typeof newHarness>>;
