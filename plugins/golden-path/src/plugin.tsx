import { createFrontendPlugin } from '@backstage/frontend-plugin-api';

/**
 * Form fields, the database card and the page of databases.
 *
 * @public
 */
export const goldenPathPlugin = createFrontendPlugin({
  pluginId: 'golden-path',
  extensions: [],
});
