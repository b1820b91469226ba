import type * as NodePackage from '@goldenpath/plugin-golden-path-node';

let loaded: typeof NodePackage | undefined;

/**
 * The work, loaded when a command needs it: help and wrong use are told without it. `require`, because a native
 * import() doesn't find the names behind `export *` in sources that are transformed as they load; and once, because in a
 * bundle every require copies all the names again.
 */
export const node = (): typeof NodePackage => {
  loaded ??=
    require('@goldenpath/plugin-golden-path-node') as typeof NodePackage;
  return loaded;
};
