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

/** A catalog that declares users_db in dev with this status; without a status nothing. */
export const catalogWith = (status: string | undefined) =>
  status
    ? `version: "1.0"
databases:
  dev:
    users_db:
      metadata: { id: X, component: user-service, owner: platform-team, requested_by: jane, domain: delivery, risk: medium, status: ${status}, created_date: "2026-11-24" }
      configuration: { username: users_app_user, size_tier: small, instance_class: db.t3.micro, secret_path: goldenpath/dev/users_db/postgres }
`
    : 'version: "1.0"\ndatabases: {}\n';
