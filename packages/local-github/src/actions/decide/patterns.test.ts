import { passesPatterns } from './patterns';

describe('passesPatterns', () => {
  it.each([
    {
      value: 'main',
      patterns: ['main'],
      passes: true,
      reason: 'the same name',
    },
    {
      value: 'main2',
      patterns: ['main'],
      passes: false,
      reason: 'the whole name counts',
    },
    {
      value: 'feature/a',
      patterns: ['feature/*'],
      passes: true,
      reason: '* stands for anything',
    },
    {
      value: 'feature/a/b',
      patterns: ['feature/*'],
      passes: false,
      reason: '* ends at a slash',
    },
    {
      value: 'feature/a/b',
      patterns: ['feature/**'],
      passes: true,
      reason: '** goes on over slashes',
    },
    {
      value: 'main',
      patterns: ['**'],
      passes: true,
      reason: '** alone is everything',
    },
    {
      value: 'envs/dev-rds/terraform.tfvars',
      patterns: ['envs/**/terraform.tfvars'],
      passes: true,
      reason: 'one folder between',
    },
    {
      value: 'envs/terraform.tfvars',
      patterns: ['envs/**/terraform.tfvars'],
      passes: true,
      reason: 'no folder between',
    },
    {
      value: 'a/envs/x/terraform.tfvars',
      patterns: ['envs/**/terraform.tfvars'],
      passes: false,
      reason: 'paths are anchored',
    },
    {
      value: 'docs/a.md',
      patterns: ['**.md'],
      passes: true,
      reason: '** before a suffix',
    },
    {
      value: 'x.jsx',
      patterns: ['**.jsx?'],
      passes: true,
      reason: '? makes the character before it optional',
    },
    {
      value: 'x.js',
      patterns: ['**.jsx?'],
      passes: true,
      reason: '? makes the character before it optional',
    },
    {
      value: 'v1.10',
      patterns: ['v[0-9]+.[0-9]+'],
      passes: true,
      reason: 'classes and +',
    },
    {
      value: 'v1x10',
      patterns: ['v[0-9]+.[0-9]+'],
      passes: false,
      reason: 'a dot is a dot',
    },
    {
      value: 'docs/secret.md',
      patterns: ['docs/**', '!docs/secret.md'],
      passes: false,
      reason: '! excludes',
    },
    {
      value: 'docs/secret.md',
      patterns: ['docs/**', '!docs/*', 'docs/secret.md'],
      passes: true,
      reason: 'the last match decides',
    },
    {
      value: 'a*b',
      patterns: ['a\\*b'],
      passes: true,
      reason: 'a backslash makes the next character literal',
    },
    {
      value: 'axb',
      patterns: ['a\\*b'],
      passes: false,
      reason: 'a backslash makes the next character literal',
    },
    {
      value: 'a(b',
      patterns: ['a(b'],
      passes: true,
      reason: 'brackets of regular expressions mean nothing',
    },
  ])('$value against $patterns: $reason', ({ value, patterns, passes }) => {
    expect(passesPatterns(value, patterns)).toBe(passes);
  });
});
