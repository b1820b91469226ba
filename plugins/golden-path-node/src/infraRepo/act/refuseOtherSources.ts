import {
  describeForeignEnvironment,
  TFVARS_ATTRIBUTE,
} from '../decide/readTfvars';
import { createFileError } from '../decide/text';
import type { VariableSource } from '../decide/terraformVariables';
import type { TerraformFolder } from './openTerraformFolder';
import { TFVARS_NAME } from '../decide/terraformFiles';

/**
 * Makes sure that Terraform takes databases and environment of a folder from its terraform.tfvars, the only file that is
 * read and edited.
 * @throws InputError `path:line:column: reason` for the file that it takes them from, or that can't be read
 */
export const refuseOtherSources = async (
  folder: TerraformFolder,
  environment: string,
): Promise<void> => {
  const [databases] = [
    ...(await folder.findOtherSources(TFVARS_ATTRIBUTE)),
    ...(folder.tfvars ? [] : await findDefaultDatabases(folder)),
  ].reverse();
  if (databases) {
    const { path, text, offset } = databases;
    throw createFileError(
      path,
      text,
      offset,
      `Terraform takes ${TFVARS_ATTRIBUTE} from here, not from ${folder.path}/${TFVARS_NAME}; declare the databases there alone.`,
    );
  }
  if (!folder.tfvars) return;
  const source = await findEnvironmentSource(folder);
  const reason =
    source && describeForeignEnvironment(source.value, environment);
  if (source && reason)
    throw createFileError(source.path, source.text, source.offset, reason);
};

/** A default counts only where no file sets the variable. */
const findDefaultDatabases = async (
  folder: TerraformFolder,
): Promise<VariableSource[]> => {
  const found = await folder.findArgument(TFVARS_ATTRIBUTE, 'default');
  return found && Object.keys(Object(found.value)).length > 0 ? [found] : [];
};

/** Finds what Terraform takes for `environment`, unless it is terraform.tfvars, whose reader compares it. */
const findEnvironmentSource = async (
  folder: TerraformFolder,
): Promise<VariableSource | undefined> => {
  const last = (await folder.findOtherSources(ENVIRONMENT)).at(-1);
  if (last || (await folder.isInTfvars(ENVIRONMENT))) return last;
  return folder.findArgument(ENVIRONMENT, 'default');
};

const ENVIRONMENT = 'environment';
