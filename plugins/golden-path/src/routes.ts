import {
  createExternalRouteRef,
  createRouteRef,
} from '@backstage/frontend-plugin-api';

/** The page Databases. */
export const databasesRouteRef = createRouteRef();

/** The page of one database, which is there before its entity is. */
export const databaseRouteRef = createRouteRef({
  params: ['environment', 'databaseName'],
});

/** The page with the templates. */
export const createTemplateRouteRef = createExternalRouteRef({
  defaultTarget: 'scaffolder.root',
});
