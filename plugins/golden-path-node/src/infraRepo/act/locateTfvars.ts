import { posix } from 'node:path';
import { InputError, NotFoundError } from '@backstage/errors';
import {
  CATALOG_PATH,
  coupledTfvarsPath,
  ENVIRONMENTS_PATH,
  standaloneTfvarsPath,
} from '@goldenpath/plugin-golden-path-common';
import type { InfraRequestFiles } from '../decide/planInfraRequest';
import {
  createSecondSourceError,
  isEnabledByType,
  isRdsConfigEnabled,
  lacksEnabled,
  RDS_CONFIG,
} from '../decide/rdsConfig';
import type { InfraListing, InfraRepoOptions } from '../ports';
import type { VariableArgument } from '../decide/terraformVariables';
import { createFileError } from '../decide/text';
import { openTerraformFolder, TerraformFolder } from './openTerraformFolder';
import { refuseOtherSources } from './refuseOtherSources';

/** @public */
export interface LocatedTfvars {
  mode: 'standalone' | 'coupled';
  path: string;
  text: string;
}

/**
 * Finds the terraform.tfvars that declares an environment's databases.
 * @throws NotFoundError with the searched paths when there is none
 * @throws InputError when there are two, another file that Terraform loads declares databases, another environment or a
 * second `rds_config`, or one of them is a symbolic link
 *
 * @public
 */
export const locateTfvars = async (
  files: InfraListing,
  environment: string,
  { mode, environmentsPath = ENVIRONMENTS_PATH }: InfraRepoOptions,
): Promise<LocatedTfvars> => {
  if (!/^[a-z][a-z0-9-]*$/.test(environment)) {
    throw new InputError(
      `The environment ${JSON.stringify(
        environment,
      )} is invalid; use lower-case letters, digits and "-".`,
    );
  }
  const open = async (path: string) =>
    openTerraformFolder(files, posix.dirname(path));
  const standalonePath = standaloneTfvarsPath(environment, environmentsPath);
  const coupledPath = coupledTfvarsPath(environment, environmentsPath);
  const standalone =
    mode === 'coupled' ? undefined : await open(standalonePath);
  const coupled = mode === 'standalone' ? undefined : await open(coupledPath);
  const isCoupled = coupled !== undefined && (await hasInstance(coupled));

  if (standalone?.tfvars && isCoupled) {
    throw new InputError(
      `Both ${standalonePath} and ${coupledPath} (rds_config.enabled is true) could declare the databases of "${environment}"; keep one of them: delete the first, or set rds_config.enabled to false in the second.`,
    );
  }
  const chosen = isCoupled ? coupled : standalone;
  if (chosen) await refuseOtherSources(chosen, environment);
  if (chosen?.tfvars)
    return { mode: isCoupled ? 'coupled' : 'standalone', ...chosen.tfvars };

  const coupledFinding =
    coupled?.tfvars && !isCoupled
      ? `${coupledPath} has no rds_config = { enabled = true }`
      : `${coupledPath} does not exist`;
  const findings = {
    standalone: [`${standalonePath} does not exist`],
    coupled: [coupledFinding],
    auto: [`${standalonePath} does not exist`, coupledFinding],
  }[mode];
  throw new NotFoundError(
    `No terraform.tfvars declares the databases of "${environment}": ${findings.join(
      ', and ',
    )}. Create it, or check the paths of the infra repo and its environments.`,
  );
};

/** Whether the environment's own Terraform root has the instance, by the value that Terraform takes for `rds_config`. */
const hasInstance = async (folder: TerraformFolder): Promise<boolean> => {
  const sources = await folder.findSources(RDS_CONFIG);
  if (sources.length > 1) throw createSecondSourceError(sources, RDS_CONFIG);
  const find = (argument: VariableArgument) =>
    folder.findArgument(RDS_CONFIG, argument);
  const isDefault =
    sources.length === 0 ||
    // Terraform then takes the default, too.
    (sources[0].value === null && (await find('nullable'))?.value === false);
  const source = isDefault ? await find('default') : sources[0];
  if (!source) return false;
  if (lacksEnabled(source) && isEnabledByType((await find('type'))?.value))
    throw createFileError(
      source.path,
      source.text,
      source.offset,
      "rds_config doesn't set enabled, and the variable's type has a default for it; write enabled = true or enabled = false.",
    );
  return isRdsConfigEnabled(source);
};

/**
 * Reads the two files of an infra repo that a request changes.
 * @throws NotFoundError when one is missing
 *
 * @public
 */
export const readInfraRequestFiles = async (
  files: InfraListing,
  environment: string,
  options: InfraRepoOptions,
): Promise<InfraRequestFiles> => {
  const catalogPath = options.catalogPath ?? CATALOG_PATH;
  const [catalogText, tfvars] = await Promise.all([
    files.read(catalogPath),
    locateTfvars(files, environment, options),
  ]);
  if (catalogText === undefined) {
    throw new NotFoundError(
      `${catalogPath} does not exist; create it with the two lines version: "1.0" and databases: {}.`,
    );
  }
  return {
    catalog: { path: catalogPath, text: catalogText },
    tfvars: { path: tfvars.path, text: tfvars.text },
  };
};
