/**
 * The status of each database and of the request for it, as data.
 *
 * @packageDocumentation
 */
export { goldenPathPlugin as default, goldenPathPlugin } from './plugin';
