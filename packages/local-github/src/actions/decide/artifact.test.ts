import { artifactRoot, assertArtifactName } from './artifact';

describe('where paths in an artifact start', () => {
  it.each([
    { files: ['/w/a/plan'], searched: ['/w/a/plan'], root: '/w/a' },
    { files: ['/w/a/x', '/w/a/b/y'], searched: ['/w/a'], root: '/w/a' },
    { files: ['/w/a/x'], searched: ['/w/a'], root: '/w/a' },
    { files: ['/w/a/x', '/w/b'], searched: ['/w/a/x', '/w/b'], root: '/w' },
    { files: ['/w/a/x'], searched: ['/w/a', '/w/ab'], root: '/w' },
    { files: ['/w/a/x'], searched: ['/w/a', '/w/a/b'], root: '/w/a' },
    { files: ['/x', '/y'], searched: ['/x', '/y'], root: '/' },
  ])('$searched: $root', ({ files, searched, root }) => {
    expect(artifactRoot(files, searched)).toBe(root);
  });
});

it.each(['a/b', 'a\\b', 'a:b', 'a\nb', 'a*', '.', '..'])(
  'a name can’t be %j',
  name => {
    expect(() => assertArtifactName(name)).toThrow(
      /^The artifact name is not valid/,
    );
  },
);
