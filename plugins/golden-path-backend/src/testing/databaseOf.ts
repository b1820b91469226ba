import {
  DatabaseStatus,
  requestId,
} from '@goldenpath/plugin-golden-path-common';

/** A database in use, of one owner. */
export const databaseOf = (
  fields: Partial<DatabaseStatus> & { databaseName: string },
): DatabaseStatus => {
  const { environment = 'dev', databaseName } = fields;
  return {
    requestId: requestId({ environment, databaseName }),
    environment,
    ownerRef: 'group:default/platform-team',
    component: `${databaseName}-service`.replace(/_/g, '-'),
    step: 'provisioned',
    at: '2026-11-26T10:05:00.000Z',
    entityRef: `resource:default/rds-${environment}-${databaseName}`,
    username: `${databaseName}_user`,
    steps: [{ name: 'requested', state: 'done' }],
    connection: {
      secretName: `goldenpath/${environment}/${databaseName}/postgres`,
      kubernetesSecretName: 'user-service-db-creds',
    },
    links: [],
    seenAt: '2026-11-26T10:06:00.000Z',
    ...fields,
  };
};
