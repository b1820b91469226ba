/**
 * Scaffolder actions of the golden path: one form asks for a database and makes the app that uses it.
 *
 * @packageDocumentation
 */
export { scaffolderModuleGoldenPath as default } from './module';
