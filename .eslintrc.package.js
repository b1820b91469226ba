const factory = require('@backstage/cli/config/eslint-factory');

/** Backstage's rules for a package, and where ours differ: helpers stand below what uses them, tests are tables. */
module.exports = dir =>
  factory(dir, {
    rules: { '@typescript-eslint/no-use-before-define': ['error', { functions: false, variables: false, classes: false }] },
    overrides: [
      {
        files: ['**/*.test.ts', '**/*.test.tsx', '**/testing/**', '**/tests/**'],
        rules: { 'jest/no-conditional-expect': 'off', '@backstage/no-undeclared-imports': 'off', 'jest/expect-expect': 'off' },
      },
    ],
  });
