import { matchesPattern, mayDeploy } from './deploymentRefs';

/** https://docs.ruby-lang.org/en/master/File.html#method-c-fnmatch, with File::FNM_PATHNAME. */
describe('a name pattern of an environment', () => {
  it.each([
    ['main', 'main', true],
    ['main', 'main2', false],
    ['main', 'amain', false],
    ['*', 'main', true],
    ['*', 'feature/x', false],
    ['*', '.hidden', false],
    ['release/*', 'release/1', true],
    ['release/*', 'release/1/2', false],
    ['release/*/*', 'release/1/2', true],
    ['**/main', 'main', true],
    ['**/main', 'a/b/main', true],
    ['**/main', 'a/.b/main', false],
    ['a**b', 'axxb', true],
    ['a**b', 'a/b', false],
    ['v?', 'v1', true],
    ['v?', 'v/', false],
    ['v[0-9]', 'v7', true],
    ['v[0-9]', 'vx', false],
    ['v[!0-9]', 'vx', true],
    ['v[!0-9]', 'v/', false],
    ['v[^0-9]', 'v1', false],
    ['v\\*', 'v*', true],
    ['v\\*', 'vx', false],
    ['a.c', 'abc', false],
    ['(a|b)+', 'a', false],
    ['{a,b}', 'a', false],
    ['refs/pull/*/merge', 'refs/pull/1/merge', true],
  ])('%s and %s: %s', (pattern, name, matches) => {
    expect(matchesPattern(name, pattern)).toBe(matches);
  });
});

describe('an environment is open to', () => {
  const patterns = (name: string, type: 'branch' | 'tag' = 'branch') => ({
    openTo: 'patterns' as const,
    patterns: [{ id: 1, name, type }],
  });
  const all = { openTo: 'all' as const, patterns: [] };
  const isProtected = { openTo: 'protected' as const, patterns: [] };

  it.each([
    { rules: all, ref: 'refs/heads/x', is: true },
    { rules: all, ref: 'refs/pull/1/merge', is: true },
    { rules: isProtected, ref: 'refs/heads/main', is: true },
    { rules: isProtected, ref: 'refs/heads/x', is: false },
    { rules: isProtected, ref: 'refs/tags/main', is: false },
    { rules: isProtected, ref: 'refs/pull/1/merge', is: false },
    { rules: patterns('main'), ref: 'refs/heads/main', is: true },
    { rules: patterns('main'), ref: 'refs/heads/x', is: false },
    { rules: patterns('main'), ref: 'refs/tags/main', is: false },
    { rules: patterns('main'), ref: 'refs/pull/1/merge', is: false },
    { rules: patterns('*'), ref: 'refs/pull/1/merge', is: false },
    {
      rules: patterns('refs/pull/*/merge'),
      ref: 'refs/pull/1/merge',
      is: true,
    },
    // A branch can be named so; it is no pull request.
    {
      rules: patterns('main'),
      ref: 'refs/heads/refs/heads/main',
      is: false,
    },
    { rules: patterns('v*', 'tag'), ref: 'refs/tags/v1', is: true },
    { rules: patterns('v*', 'tag'), ref: 'refs/heads/v1', is: false },
    {
      rules: { openTo: 'patterns' as const, patterns: [] },
      ref: 'refs/heads/main',
      is: false,
    },
  ])(
    '$rules.openTo $rules.patterns.0.name, $ref: $is',
    ({ rules, ref, is }) => {
      expect(mayDeploy(rules, ref, ['main'])).toBe(is);
    },
  );
});
