import { z } from 'zod';

/**
 * A page that a browser may be sent to: a link with `javascript:` would run as the page that shows it.
 *
 * @public
 */
export const webUrlSchema = z
  .string()
  .url()
  .regex(/^https?:\/\//, 'Must begin with https:// or http://.');
