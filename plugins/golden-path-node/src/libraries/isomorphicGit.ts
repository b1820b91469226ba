import type * as IsomorphicGit from 'isomorphic-git';

/** Loaded when an app is published: the command line publishes none, and its archive leaves the library out. */
export const loadGit = (): typeof IsomorphicGit => require('isomorphic-git');
