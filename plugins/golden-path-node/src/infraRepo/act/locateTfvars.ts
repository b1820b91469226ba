import { InputError, NotFoundError } from '@backstage/errors';
import {
  CATALOG_PATH,
  coupledTfvarsPath,
  ENVIRONMENTS_PATH,
  standaloneTfvarsPath,
} from '@goldenpath/plugin-golden-path-common';
import type { InfraRequestFiles } from '../decide/planInfraRequest';
import { readRdsConfigEnabled } from '../decide/rdsConfig';
import type { InfraListing, InfraRepoOptions } from '../ports';
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
 * @throws InputError when there are two, or another file beside it declares databases too
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
  const standalonePath = standaloneTfvarsPath(environment, environmentsPath);
  const coupledPath = coupledTfvarsPath(environment, environmentsPath);

  const standaloneText =
    mode === 'coupled' ? undefined : await files.read(standalonePath);
  const coupledText =
    mode === 'standalone' ? undefined : await files.read(coupledPath);
  const isCoupled =
    coupledText !== undefined &&
    (await readRdsConfigEnabled(coupledText, coupledPath));

  if (standaloneText !== undefined && isCoupled) {
    throw new InputError(
      `Both ${standalonePath} and ${coupledPath} (rds_config.enabled is true) could declare the databases of "${environment}"; keep one of them: delete the first, or set rds_config.enabled to false in the second.`,
    );
  }
  if (standaloneText !== undefined) {
    await refuseOtherSources(files, standalonePath);
    return { mode: 'standalone', path: standalonePath, text: standaloneText };
  }
  if (isCoupled) {
    await refuseOtherSources(files, coupledPath);
    return { mode: 'coupled', path: coupledPath, text: coupledText };
  }

  const coupledFinding =
    coupledText === undefined
      ? `${coupledPath} does not exist`
      : `${coupledPath} has no rds_config = { enabled = true }`;
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
