import { BackendFeature } from '@backstage/backend-plugin-api';
import { JsonObject } from '@backstage/types';
import { bootScaffolder } from '../../plugins/scaffolder-backend-module-golden-path/src/testing/bootScaffolder';
import type { InfraGitHub } from './infraGitHub';

/** The form of backend-app-rds, whose requests go to this infra repo. */
export const bootForm = (
  { github }: InfraGitHub,
  {
    environments,
    changeTemplate,
    integration = { token: 'local-token' },
    wait,
    services,
  }: {
    environments?: readonly string[];
    changeTemplate?(text: string): string;
    /** Credentials of the integration. */
    integration?: JsonObject;
    /** `goldenPath.await` */
    wait?: JsonObject;
    /** Services that replace the module's own, such as its clock. */
    services?: BackendFeature[];
  } = {},
) => {
  const { host } = new URL(github.url);
  return bootScaffolder(
    {
      host,
      integration: {
        host,
        apiBaseUrl: github.apiUrl,
        rawBaseUrl: github.rawUrl,
        ...integration,
      },
    },
    {
      goldenPath: {
        infraRepo: { repoUrl: `${host}?owner=acme&repo=platform-infra` },
        ...(environments && { environments: [...environments] }),
        await: { pollInterval: { milliseconds: 200 }, ...wait },
      },
    },
    'backend-app-rds',
    changeTemplate,
    undefined,
    services,
  );
};
