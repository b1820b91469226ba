import { isError } from '@backstage/errors';
import { describeReason } from '../../errors/describeReason';
import { parseHclValues } from '../../infraRepo/decide/hcl';
import type { ChangedPath } from '../../infraRepo/decide/parseRawDiff';
import type { InfraFiles } from '../../infraRepo/ports';
import type { Finding } from '../decide/declaredDatabases';
import { isTfvarsPath } from '../decide/findPlatformChanges';
import type { TfvarsSettings } from '../decide/findTfvarsSettingChanges';

/**
 * Reads the attributes of every changed terraform.tfvars on both sides. A file that can't be read is reported as a
 * problem. A new or removed file is left out: it is refused by its path.
 */
export const readTfvarsSettings = async (
  { start, head }: { start: InfraFiles; head: InfraFiles },
  changes: readonly ChangedPath[],
  environmentsPath: string,
): Promise<{ settings: TfvarsSettings[]; problems: Finding[] }> => {
  const settings: TfvarsSettings[] = [];
  const problems: Finding[] = [];
  for (const { path } of changes) {
    if (!isTfvarsPath(path, environmentsPath)) continue;
    try {
      const [before, after] = await Promise.all([
        start.read(path),
        head.read(path),
      ]);
      if (before === undefined || after === undefined) continue;
      settings.push({
        path,
        before: await parseHclValues(before, path),
        after: await parseHclValues(after, path),
      });
    } catch (error) {
      if (!isError(error) || error.name !== 'InputError') throw error;
      problems.push({ path, line: 1, message: describeReason(error) });
    }
  }
  return { settings, problems };
};
