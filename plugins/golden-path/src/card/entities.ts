import type { Entity } from '@backstage/catalog-model';
import {
  DATABASE_ANNOTATION,
  type RequestKey,
} from '@goldenpath/plugin-golden-path-common';

const ENVIRONMENT_ANNOTATION = 'goldenpath.io/environment';
/** As `entityName` of the contract names databases. */
const DATABASE_REF = /^resource:(default\/)?rds-./i;

/** Environment and name of a database's entity; undefined for every other entity. */
export const databaseKeyOf = (entity: Entity): RequestKey | undefined => {
  const annotations = entity.metadata.annotations ?? {};
  const environment = annotations[ENVIRONMENT_ANNOTATION];
  const databaseName = annotations[DATABASE_ANNOTATION];
  const isDatabase =
    entity.kind === 'Resource' && entity.spec?.type === 'database';
  return isDatabase && environment && databaseName
    ? { environment, databaseName }
    : undefined;
};

/** Whether a component declares that it uses a database of ours. */
export const isAppWithDatabase = ({ kind, spec }: Entity): boolean =>
  kind === 'Component' &&
  Array.isArray(spec?.dependsOn) &&
  spec.dependsOn.some(ref => DATABASE_REF.test(String(ref)));
