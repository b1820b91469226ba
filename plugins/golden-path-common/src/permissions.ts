/**
 * Resource type of databases in permission policies.
 *
 * @public
 */
export const DATABASE_RESOURCE_TYPE = 'golden-path-database' as const;

const databasePermission = <Action extends 'read' | 'update' | 'delete'>(
  name: string,
  action: Action,
) => ({
  type: 'resource' as const,
  name,
  attributes: { action },
  resourceType: DATABASE_RESOURCE_TYPE,
});

/**
 * To see a database, its status and notifications about it.
 *
 * @public
 */
export const databaseReadPermission = databasePermission(
  'goldenpath.database.read',
  'read',
);

/**
 * To request a database, and to ask whether a name is free.
 *
 * @public
 */
export const databaseRequestPermission = {
  type: 'basic' as const,
  name: 'goldenpath.database.request',
  attributes: { action: 'create' as const },
};

/** @public */
export const databaseProvisionPermission = databasePermission(
  'goldenpath.database.provision',
  'update',
);

/** @public */
export const databaseDecommissionPermission = databasePermission(
  'goldenpath.database.decommission',
  'delete',
);

/** @public */
export const goldenPathPermissions = [
  databaseReadPermission,
  databaseRequestPermission,
  databaseProvisionPermission,
  databaseDecommissionPermission,
];
