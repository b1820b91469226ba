import { InputError } from '@backstage/errors';
import type { ScmIntegrationRegistry } from '@backstage/integration';
import { DEFAULT_BASE_BRANCH } from '@goldenpath/plugin-golden-path-common';
import type { InfraRepo } from '../../infraRepo/decide/links';

/**
 * Reads `goldenPath.infraRepo` of app-config.
 * @returns the infra repo, and the host of `integrations.github` that it is on
 * @throws InputError naming the key when a value is missing or invalid
 *
 * @public
 */
export const readInfraRepo = (
  config: { getOptionalString(key: string): string | undefined },
  integrations: ScmIntegrationRegistry,
): { host: string; infraRepo: InfraRepo } => {
  const key = 'goldenPath.infraRepo.repoUrl';
  const example = 'such as github.com?owner=acme&repo=platform-infra';
  const value = config.getOptionalString(key);
  if (!value) {
    throw new InputError(
      `${key} is missing in app-config: name the infra repo, ${example}.`,
    );
  }
  const url = URL.canParse(`https://${value}`)
    ? new URL(`https://${value}`)
    : undefined;
  const owner = url?.searchParams.get('owner');
  const repo = url?.searchParams.get('repo');
  if (!url || !owner || !repo) {
    throw new InputError(`${key} "${value}" is invalid: write it ${example}.`);
  }
  const apiUrl = integrations.github.byHost(url.host)?.config.apiBaseUrl;
  if (!apiUrl) {
    throw new InputError(
      `${key} "${value}": "${url.host}" is not a host of integrations.github; add it there.`,
    );
  }
  return {
    host: url.host,
    infraRepo: {
      webUrl: `${new URL(apiUrl).protocol}//${url.host}`,
      owner,
      repo,
      branch:
        config.getOptionalString('goldenPath.infraRepo.baseBranch') ??
        DEFAULT_BASE_BRANCH,
      catalogPath: config.getOptionalString('goldenPath.infraRepo.catalogPath'),
    },
  };
};
