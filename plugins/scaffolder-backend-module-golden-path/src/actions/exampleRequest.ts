/** The request of the actions' examples, as returned by `goldenpath:request:validate`. */
export const exampleRequest = {
  component_id: 'user-service',
  databaseName: 'users_db',
  username: 'users_app_user',
  owner: 'platform-team',
  environment: 'dev',
  description: 'Users and their addresses',
  domain: 'delivery',
  risk: 'medium',
  size: 'small',
  requestedBy: 'jane',
};
