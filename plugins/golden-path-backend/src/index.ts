/**
 * The status of each database and of the request for it, as data.
 *
 * @packageDocumentation
 */
export {
  createGoldenPathConditionalDecision,
  databaseResourceRef,
  type DatabaseQuery,
  type DatabaseResource,
  goldenPathConditions,
} from './permissions/rules';
export { goldenPathPlugin as default, goldenPathPlugin } from './plugin';
