import {
  InfraSettings,
  SETTINGS_PATH,
} from '@goldenpath/plugin-golden-path-common';
import { PLATFORM_ALLOWED_LABEL } from './labels';
import { Finding, show } from './declaredDatabases';

/**
 * Finds changes of the infra repo's settings without the required label. Adding environments and domains is always
 * allowed; any other change could point the guard or the provisioner elsewhere.
 *
 * @public
 */
export const findSettingsViolations = (
  before: InfraSettings,
  after: InfraSettings,
  labels: readonly string[],
): Finding[] => {
  if (labels.includes(PLATFORM_ALLOWED_LABEL)) return [];
  const changed = (Object.keys(before) as Array<keyof InfraSettings>).filter(
    name => !isKept(before[name], after[name]),
  );
  return changed.map(name => ({
    path: SETTINGS_PATH,
    line: 1,
    message: `${name} was ${show(before[name])} and is ${show(
      after[name],
    )}. The label ${PLATFORM_ALLOWED_LABEL} allows it.`,
  }));
};

const isKept = (
  before: InfraSettings[keyof InfraSettings],
  after: InfraSettings[keyof InfraSettings],
): boolean =>
  typeof before === 'string'
    ? before === after
    : before.every(name => after.includes(name));
