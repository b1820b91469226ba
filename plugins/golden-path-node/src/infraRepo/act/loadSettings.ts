import {
  defaultInfraSettings,
  InfraSettings,
  SETTINGS_PATH,
} from '@goldenpath/plugin-golden-path-common';
import { readSettings } from '../decide/readSettings';
import type { InfraFiles } from '../ports';

/**
 * What an infra repo says of itself in `goldenpath.yaml`; the contract's defaults where it has none.
 * @throws InputError with everything that is wrong, each as `path: reason`
 *
 * @public
 */
export const loadSettings = async (
  files: InfraFiles,
): Promise<InfraSettings> => {
  const text = await files.read(SETTINGS_PATH);
  return text === undefined
    ? defaultInfraSettings()
    : readSettings(text, SETTINGS_PATH);
};
