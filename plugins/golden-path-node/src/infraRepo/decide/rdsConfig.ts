import { InputError } from '@backstage/errors';
import { parseHclValues } from './hcl';

/**
 * Reads whether the environment's own terraform.tfvars includes the instance: `rds_config = { enabled = true }`.
 * @throws InputError `path:line:column: reason` when the file is invalid, or this is not a literal
 */
export const readRdsConfigEnabled = async (
  text: string,
  path: string,
): Promise<boolean> => {
  const { rds_config: config } = await parseHclValues(text, path);
  if (config === undefined || config === null) return false;
  const isMap = typeof config === 'object' && !Array.isArray(config);
  const enabled = isMap
    ? (config as Record<string, unknown>).enabled ?? false
    : undefined;
  // Terraform converts these texts to booleans.
  if (enabled === true || enabled === 'true') return true;
  if (enabled === false || enabled === 'false') return false;
  throw new InputError(
    `${path}: rds_config.enabled is not a literal; write rds_config = { enabled = true }.`,
  );
};
