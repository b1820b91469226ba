import {
  defaultInfraSettings,
  InfraSettings,
  SETTINGS_PATH,
} from '@goldenpath/plugin-golden-path-common';
import { readSettings } from '../decide/readSettings';
import type { InfraFiles } from '../ports';

/**
 * Reads the settings of an infra repo from `goldenpath.yaml`; the defaults of the contract without one.
 * @throws InputError with every problem, each as `path: reason`
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
