import { InputError } from '@backstage/errors';
import { parseHclValues } from './hcl';

/**
 * Whether an environment's own terraform.tfvars carries the instance too: `rds_config = { enabled = true }`.
 * @throws InputError `path:line:column: reason` where the file is not valid, or this is not a literal
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
  // Terraform turns the texts into booleans.
  if (enabled === true || enabled === 'true') return true;
  if (enabled === false || enabled === 'false') return false;
  throw new InputError(
    `${path}: can't tell whether rds_config.enabled is true; write rds_config = { enabled = true } with literal values.`,
  );
};
