/**
 * Scaffolder actions of the golden path: one form requests a database and creates the app that uses it.
 *
 * @packageDocumentation
 */
export { scaffolderModuleGoldenPath as default } from './module';
