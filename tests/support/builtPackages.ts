import { makePackages } from '../../scripts/make-packages';
import { buildOnce } from './buildOnce';

/** The folder with the archives of `make packages`. */
export const builtPackages = (): Promise<string> =>
  buildOnce('packages', async folder => {
    await makePackages(folder);
  });
