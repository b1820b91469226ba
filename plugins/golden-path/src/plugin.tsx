import { createFrontendPlugin } from '@backstage/frontend-plugin-api';
import { goldenPathApi } from './api/apiExtension';
import { formFields } from './fields/formFields';

/**
 * Form fields, the database card and the page of databases.
 *
 * @public
 */
export const goldenPathPlugin = createFrontendPlugin({
  pluginId: 'golden-path',
  extensions: [goldenPathApi, ...formFields],
});
