/**
 * Form fields, the database card and the page of databases.
 *
 * @packageDocumentation
 */
export { goldenPathPlugin as default, goldenPathPlugin } from './plugin';
