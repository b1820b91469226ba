import { TFVARS_ATTRIBUTE } from '../../infraRepo/decide/readTfvars';
import { differencesBetween, Finding } from './declaredDatabases';
import { PLATFORM_ALLOWED_LABEL } from './labels';

/**
 * Every attribute of a changed terraform.tfvars, before and after.
 *
 * @public
 */
export interface TfvarsSettings {
  path: string;
  before: Record<string, unknown>;
  after: Record<string, unknown>;
}

/**
 * Finds changes of a terraform.tfvars beyond its databases without the required label: the name of the instance, the path
 * of the catalog and the like decide whose secrets Terraform writes. Values may be confidential, so only names are told.
 * @param databasePaths - files whose databases are compared elsewhere
 */
export const findTfvarsSettingChanges = (
  files: readonly TfvarsSettings[],
  databasePaths: readonly string[],
  labels: readonly string[],
): Finding[] =>
  labels.includes(PLATFORM_ALLOWED_LABEL)
    ? []
    : files.flatMap(({ path, before, after }) => {
        const names = differencesBetween(before, after)
          .map(({ name }) => name)
          .filter(
            name => name !== TFVARS_ATTRIBUTE || !databasePaths.includes(path),
          );
        if (names.length === 0) return [];
        const message = `${names.join(
          ', ',
        )} changed, and only the databases in it are for everybody to change. The label ${PLATFORM_ALLOWED_LABEL} allows it.`;
        return [{ path, line: 1, message }];
      });
