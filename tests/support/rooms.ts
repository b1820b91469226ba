/** The packages and rooms of this project and their allowed imports. docs/architecture.md draws the same. */
export const COMMON = 'plugins/golden-path-common/src';
export const NODE = 'plugins/golden-path-node/src';
export const ACTIONS = 'plugins/scaffolder-backend-module-golden-path/src';
export const CATALOG_MODULE = 'plugins/catalog-backend-module-golden-path/src';
export const BACKEND_PLUGIN = 'plugins/golden-path-backend/src';
export const FRONTEND_PLUGIN = 'plugins/golden-path/src';

/** Names of the packages that others may import. */
export const OURS: Record<string, string> = {
  [COMMON]: '@goldenpath/plugin-golden-path-common',
  [NODE]: '@goldenpath/plugin-golden-path-node',
  [ACTIONS]: '@goldenpath/plugin-scaffolder-backend-module-golden-path',
  [CATALOG_MODULE]: '@goldenpath/plugin-catalog-backend-module-golden-path',
  [BACKEND_PLUGIN]: '@goldenpath/plugin-golden-path-backend',
  [FRONTEND_PLUGIN]: '@goldenpath/plugin-golden-path',
  'packages/cli/src': '@goldenpath/cli',
  'packages/local-github/src': '@goldenpath/local-github',
  'packages/local-postgres/src': '@goldenpath/local-postgres',
  'packages/local-secrets-manager/src': '@goldenpath/local-secrets-manager',
  'packages/local-platform/src': '@goldenpath/local-platform',
};

/** Our packages that each package may import. The architecture test fails for any other. */
export const MAY_IMPORT: Record<string, string[]> = {
  [COMMON]: [],
  [NODE]: [COMMON],
  [ACTIONS]: [COMMON, NODE],
  [CATALOG_MODULE]: [COMMON, NODE],
  [BACKEND_PLUGIN]: [COMMON, NODE],
  [FRONTEND_PLUGIN]: [COMMON],
  'packages/cli/src': [COMMON, NODE],
  'packages/local-github/src': [],
  'packages/local-postgres/src': [],
  'packages/local-secrets-manager/src': [],
  'packages/local-platform/src': [
    COMMON,
    NODE,
    'packages/local-github/src',
    'packages/local-postgres/src',
    'packages/local-secrets-manager/src',
  ],
  'packages/backend/src': [ACTIONS, CATALOG_MODULE, BACKEND_PLUGIN],
  'packages/app/src': [FRONTEND_PLUGIN],
};

/** The rooms of node, and what each may import besides itself and the contract. The architecture test fails for any other. */
export const ROOMS: Record<string, string[]> = {
  errors: [],
  libraries: [],
  infraRepo: ['errors', 'libraries'],
  audit: ['errors', 'infraRepo'],
  provision: ['errors', 'infraRepo', 'audit'],
  rotate: ['errors', 'infraRepo', 'provision'],
  guard: ['errors', 'infraRepo'],
  pullRequest: ['errors', 'infraRepo'],
  workflow: ['errors'],
  owners: [],
  setup: ['errors', 'infraRepo', 'provision/decide'],
  adapters: [
    'errors',
    'libraries',
    'infraRepo/decide',
    'audit/decide',
    'guard/decide',
    'provision/decide',
    'provision/ports',
    'rotate/ports',
    'setup/decide',
  ],
};

export const DOMAINS = Object.keys(ROOMS).filter(
  room => !['errors', 'libraries', 'adapters'].includes(room),
);
