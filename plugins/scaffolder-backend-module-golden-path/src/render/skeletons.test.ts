import { locateSkeleton, skeletonsFolder } from './skeletons';

describe('locateSkeleton', () => {
  const folder = skeletonsFolder();

  it('gives a bundled skeleton what all of them share, below its own files', () => {
    const baseUrl = `file://${folder}/index`;
    expect(locateSkeleton('backend-app-rds', folder)).toEqual([
      { url: './common', baseUrl },
      { url: './backend-app-rds', baseUrl },
    ]);
  });

  it('lets a skeleton by URL stand alone', () => {
    const url = 'https://github.com/acme/skeletons/tree/main/ours';
    expect(locateSkeleton(url, folder)).toEqual([{ url, baseUrl: undefined }]);
  });
});
