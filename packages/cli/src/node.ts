import type * as NodePackage from '@goldenpath/plugin-golden-path-node';

/**
 * The work, loaded when a command needs it: help and wrong use are told without it. `require`, because a native
 * import() doesn't find the names behind `export *` in sources that are transformed as they load.
 */
export const node = (): typeof NodePackage =>
  require('@goldenpath/plugin-golden-path-node');
