/** A form that can be requested. */
export const EXAMPLE_FIELDS = {
  component_id: 'user-service',
  databaseName: 'users_db',
  username: 'users_app_user',
  owner: 'group:default/platform-team',
  environment: 'dev',
};
