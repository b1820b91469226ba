/**
 * Form fields, the database card and the page of databases.
 *
 * @packageDocumentation
 */
export * from './api/GoldenPathApi';
export { goldenPathPlugin as default, goldenPathPlugin } from './plugin';
export { goldenPathTranslationRef } from './translation';
