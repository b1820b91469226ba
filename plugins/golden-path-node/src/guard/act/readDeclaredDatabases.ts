import { isError } from '@backstage/errors';
import {
  CATALOG_PATH,
  ENVIRONMENTS_PATH,
} from '@goldenpath/plugin-golden-path-common';
import { describeReason } from '../../errors/describeReason';
import { locateTfvars } from '../../infraRepo/act/locateTfvars';
import {
  CatalogDatabase,
  listCatalog,
} from '../../infraRepo/decide/readCatalog';
import { FileError } from '../../infraRepo/decide/fileError';
import { readTfvars } from '../../infraRepo/decide/readTfvars';
import { InfraFolders } from '../../infraRepo/ports';
import type {
  DeclaredDatabases,
  Finding,
  TfvarsDatabase,
} from '../decide/declaredDatabases';

/**
 * Reads every database that an infra repo declares, in all environments. Unreadable files are reported as problems; a
 * missing file declares nothing.
 *
 * @public
 */
export const readDeclaredDatabases = async (
  files: InfraFolders,
  options: { catalogPath?: string; environmentsPath?: string },
): Promise<DeclaredDatabases> => {
  const { catalogPath = CATALOG_PATH, environmentsPath = ENVIRONMENTS_PATH } =
    options;
  const problems: Finding[] = [];
  const orProblem = async <T>(
    path: string,
    work: () => Promise<T[]>,
  ): Promise<T[]> => {
    try {
      return await work();
    } catch (error) {
      if (!isError(error) || !EXPECTED.includes(error.name)) throw error;
      problems.push(...toFindings(error, path));
      return [];
    }
  };

  const catalog = await orProblem<CatalogDatabase>(catalogPath, async () => {
    const text = await files.read(catalogPath);
    return text === undefined ? [] : listCatalog(text, catalogPath);
  });
  const folders = await orProblem(environmentsPath, async () => [
    ...(await files.folders(environmentsPath)),
    // A symbolic link in place of a folder is refused, not overlooked.
    ...(await files.files(environmentsPath)),
  ]);
  const environments = folders
    .map(folder => folder.replace(/-rds$/, ''))
    .filter(name => ENVIRONMENT.test(name));
  const tfvars: TfvarsDatabase[] = [];
  for (const environment of new Set(environments)) {
    tfvars.push(
      ...(await orProblem<TfvarsDatabase>(
        `${environmentsPath}/${environment}`,
        () => readEnvironment(files, environment, environmentsPath),
      )),
    );
  }
  return { catalogPath, catalog, tfvars, problems };
};

/** Skips other folders beside those of the environments. */
const ENVIRONMENT = /^[a-z][a-z0-9-]*$/;
const EXPECTED = ['InputError', 'ConflictError'];

const readEnvironment = async (
  files: InfraFolders,
  environment: string,
  environmentsPath: string,
): Promise<TfvarsDatabase[]> => {
  let located;
  try {
    located = await locateTfvars(files, environment, {
      mode: 'auto',
      environmentsPath,
    });
  } catch (error) {
    if (isError(error) && error.name === 'NotFoundError') return [];
    throw error;
  }
  const { path, text } = located;
  const entries = await readTfvars(text, path, environment);
  return entries.map(entry => ({ environment, path, entry }));
};

const toFindings = (error: Error, path: string): Finding[] =>
  error instanceof FileError
    ? error.problems.map(({ path: of, line, reason }) => ({
        path: of,
        line,
        message: reason,
      }))
    : [{ path, line: 1, message: describeReason(error) }];
