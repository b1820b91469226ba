import { bootScaffolder } from '../../plugins/scaffolder-backend-module-golden-path/src/testing/bootScaffolder';
import type { InfraGitHub } from './infraGitHub';

/** The form of backend-app-rds, whose requests go to this infra repo. */
export const bootForm = (
  { github }: InfraGitHub,
  {
    environments,
    changeTemplate,
  }: {
    environments?: readonly string[];
    changeTemplate?(text: string): string;
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
        token: 'local-token',
      },
    },
    {
      goldenPath: {
        infraRepo: { repoUrl: `${host}?owner=acme&repo=platform-infra` },
        ...(environments && { environments: [...environments] }),
        await: { pollInterval: { milliseconds: 200 } },
      },
    },
    'backend-app-rds',
    changeTemplate,
  );
};
