/** An app without a database, as returned by `goldenpath:app:validate`. */
export const exampleApp = {
  component_id: 'price-calculator',
  owner: 'platform-team',
  environment: 'dev',
  description: 'Prices with their taxes',
  domain: 'delivery',
  requestedBy: 'jane',
};
