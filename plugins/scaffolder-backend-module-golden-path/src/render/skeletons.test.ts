import { locateSkeleton, skeletonsFolder } from './skeletons';

describe('locateSkeleton', () => {
  const folder = skeletonsFolder();

  it.each([
    ['backend-app-rds', ['common', 'common-deployment']],
    ['stateless-app', ['common', 'common-deployment']],
    ['stateful-app', ['common']],
  ])('gives %s what it shares, below its own files', (name, shared) => {
    expect(locateSkeleton(name, folder)).toEqual(
      [...shared, name].map(part => ({
        url: `./${part}`,
        baseUrl: `file://${folder}/index`,
      })),
    );
  });

  it('lets a skeleton by URL stand alone', () => {
    const url = 'https://github.com/acme/skeletons/tree/main/ours';
    expect(locateSkeleton(url, folder)).toEqual([{ url, baseUrl: undefined }]);
  });
});
