import { createFrontendPlugin } from '@backstage/frontend-plugin-api';
import { goldenPathApi } from './api/apiExtension';
import { databaseViews } from './extensions';
import { formFields } from './fields/formFields';
import {
  createTemplateRouteRef,
  databaseRouteRef,
  databasesRouteRef,
} from './routes';

/**
 * Form fields, the database card and the page of databases.
 *
 * @public
 */
export const goldenPathPlugin = createFrontendPlugin({
  pluginId: 'golden-path',
  routes: { root: databasesRouteRef, database: databaseRouteRef },
  externalRoutes: { createTemplate: createTemplateRouteRef },
  extensions: [goldenPathApi, ...formFields, ...databaseViews],
});
