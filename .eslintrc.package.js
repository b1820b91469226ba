const factory = require('@backstage/cli/config/eslint-factory');

/** Differences from Backstage's rules: a helper may follow its caller, and tests are tables. */
const ours = {
  rules: {
    '@typescript-eslint/no-use-before-define': [
      'error',
      { functions: false, variables: false, classes: false },
    ],
  },
  overrides: [
    {
      files: [
        '**/*.test.ts',
        '**/*.test.tsx',
        '**/testing/**',
        '**/tests/**',
        'jest.config.js',
      ],
      rules: {
        'jest/no-conditional-expect': 'off',
        '@backstage/no-undeclared-imports': 'off',
        '@backstage/no-relative-monorepo-imports': 'off',
        'jest/expect-expect': 'off',
        'jest/no-standalone-expect': 'off',
      },
    },
    // Tests that several files run.
    { files: ['**/testing/**', '**/support/**'], rules: { 'jest/no-export': 'off' } },
    // Registers tests that require a tool: the only place that may skip tests, by name.
    {
      files: ['tests/support/needs.ts'],
      rules: {
        'jest/no-export': 'off',
        'jest/valid-title': 'off',
        'jest/no-disabled-tests': 'off',
      },
    },
    // Runs on any version of Node.
    {
      files: ['scripts/check-node.js'],
      rules: { 'no-var': 'off', 'prefer-template': 'off' },
    },
  ],
};

module.exports = dir => factory(dir, ours);
module.exports.workspace = dir => ({
  root: true,
  ...factory.createConfigForRole(dir, 'node-library', ours),
});
