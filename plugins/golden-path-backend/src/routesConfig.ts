import type { Config } from '@backstage/config';
import {
  CATALOG_PATH,
  DOMAINS,
  ENVIRONMENTS_PATH,
} from '@goldenpath/plugin-golden-path-common';
import type { OwnersConfig } from '@goldenpath/plugin-golden-path-node';
import type { StatusConfig } from './config';

/** What the routes take from `goldenPath.*` of app-config, with every default filled in. */
export interface RoutesConfig
  extends Pick<StatusConfig, 'infraRepo' | 'secretPrefix' | 'environments'> {
  catalogPath: string;
  environmentsPath: string;
  domains: readonly string[];
  masterUsername: string | undefined;
  owners: OwnersConfig;
  /** GitHub organisation of the apps' repositories. */
  appOwner: string;
}

export const readRoutesConfig = (
  root: Config,
  {
    infraRepo,
    secretPrefix,
    environments,
  }: Pick<StatusConfig, 'infraRepo' | 'secretPrefix' | 'environments'>,
): RoutesConfig => {
  const text = (key: string, fallback: string) =>
    root.getOptionalString(`goldenPath.${key}`) ?? fallback;
  const list = (key: string, fallback: readonly string[]) =>
    root.getOptionalStringArray(`goldenPath.${key}`) ?? fallback;
  return {
    infraRepo,
    secretPrefix,
    catalogPath: infraRepo.catalogPath ?? CATALOG_PATH,
    environmentsPath: text('infraRepo.environmentsPath', ENVIRONMENTS_PATH),
    environments,
    domains: list('domains', DOMAINS),
    masterUsername: root.getOptionalString(
      'goldenPath.provision.masterUsername',
    ),
    // The scaffolder module checks these values, and refuses requests if they are invalid.
    owners: {
      membership:
        text('owners.membership', 'required') === 'none' ? 'none' : 'required',
      namespaces: list('owners.namespaces', ['default']).map(name =>
        name.toLocaleLowerCase('en'),
      ),
      filter: root.getOptional('goldenPath.owners.filter') ?? {},
    },
    appOwner: text('app.owner', infraRepo.owner),
  };
};
