import {
  CATALOG_PATH,
  standaloneTfvarsPath,
} from '@goldenpath/plugin-golden-path-common';

/** An infra repo that declares nothing yet, for dev and prod. */
export const emptyInfraFiles = (): Array<[path: string, text: string]> => [
  [CATALOG_PATH, 'version: "1.0"\ndatabases: {}\n'],
  ...['dev', 'prod'].map(
    environment =>
      [standaloneTfvarsPath(environment), 'application_databases = {}\n'] as [
        string,
        string,
      ],
  ),
];
