/**
 * Catalog entities of the golden path: every database of the infra repo, and the instance of each environment.
 *
 * @packageDocumentation
 */
export { catalogModuleGoldenPath as default } from './module';
