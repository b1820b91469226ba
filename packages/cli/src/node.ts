import type * as NodePackage from '@goldenpath/plugin-golden-path-node';

let loaded: typeof NodePackage | undefined;

/**
 * golden-path-node, loaded on first use, because help and usage errors don't require it. `require`, because a native
 * import() misses the names behind `export *` in sources that are transformed at load. Loaded once, because in a bundle
 * each require copies all exports.
 */
export const loadNode = (): typeof NodePackage => {
  loaded ??=
    require('@goldenpath/plugin-golden-path-node') as typeof NodePackage;
  return loaded;
};
