import { createFileError, place } from './text';
import type { VariableSource } from './terraformVariables';

/** The variable that decides whether an environment's own Terraform root has the instance. */
export const RDS_CONFIG = 'rds_config';

/**
 * Decides whether a value of `rds_config` includes the instance, as `{ enabled = true }` does.
 * @throws InputError `path:line:column: reason` when this is not a literal
 */
export const isRdsConfigEnabled = ({
  path,
  text,
  offset,
  value: config,
}: VariableSource): boolean => {
  if (config === undefined || config === null) return false;
  const isMap = typeof config === 'object' && !Array.isArray(config);
  const enabled = isMap
    ? (config as Record<string, unknown>).enabled ?? false
    : undefined;
  // Terraform converts these texts to booleans.
  if (enabled === true || enabled === 'true') return true;
  if (enabled === false || enabled === 'false') return false;
  throw createFileError(
    path,
    text,
    offset,
    'rds_config.enabled is not a literal; write rds_config = { enabled = true }.',
  );
};

/** Whether a value of `rds_config` leaves `enabled` to the type of the variable. */
export const lacksEnabled = ({ value }: VariableSource): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !Object.hasOwn(value, 'enabled');

/** Whether the type gives another default than false, as `object({ enabled = optional(bool, true) })` does. */
export const isEnabledByType = (type: unknown): boolean =>
  /\benabled"?\s*[=:]\s*optional\s*\([^,()]*,(?!\s*(?:false|null)\s*\))/.test(
    String(type),
  );

/** Creates the error for a variable that several files set: whoever reads one of them is misled. */
export const createSecondSourceError = (
  sources: readonly VariableSource[],
  name: string,
) => {
  const { path, text, offset } = sources.at(-1)!;
  const others = sources
    .slice(0, -1)
    .map(source => place(source.path, source.text, source.offset));
  return createFileError(
    path,
    text,
    offset,
    `Terraform takes ${name} from here, although ${others.join(' and ')} ${
      others.length > 1 ? 'set' : 'sets'
    } it too; keep one of them.`,
  );
};
