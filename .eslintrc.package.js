const factory = require('@backstage/cli/config/eslint-factory');

/** Where we differ from Backstage's rules: helpers stand below what uses them, tests are tables. */
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
    { files: ['**/testing/**'], rules: { 'jest/no-export': 'off' } },
    // Registers tests by what the machine has: the one place that may skip, by name.
    {
      files: ['tests/support/needs.ts'],
      rules: {
        'jest/no-export': 'off',
        'jest/valid-title': 'off',
        'jest/no-disabled-tests': 'off',
      },
    },
    // Read by any Node, however old.
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
