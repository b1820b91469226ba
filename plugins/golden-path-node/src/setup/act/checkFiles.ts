import type { InfraSettings } from '@goldenpath/plugin-golden-path-common';
import type { InfraFolders } from '../../infraRepo/ports';
import { findFilePoints } from '../decide/findFilePoints';
import type { SetupPoint } from '../decide/setupPoint';
import { readFileSetup } from './readFileSetup';

/**
 * Compares the files of an infra repo with docs/install.md, step 4.
 * @param cli - the value of GOLDENPATH_CLI, if it is known
 *
 * @public
 */
export const checkFiles = async (
  files: InfraFolders,
  settings: InfraSettings,
  cli: string | undefined,
): Promise<SetupPoint[]> =>
  findFilePoints(await readFileSetup(files, settings, cli), settings);
