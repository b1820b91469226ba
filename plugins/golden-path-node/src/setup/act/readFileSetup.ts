import { posix } from 'node:path';
import { isError } from '@backstage/errors';
import type { InfraSettings } from '@goldenpath/plugin-golden-path-common';
import { describeReason } from '../../errors/describeReason';
import { locateTfvars } from '../../infraRepo/act/locateTfvars';
import { FileError } from '../../infraRepo/decide/fileError';
import { parseHclValues } from '../../infraRepo/decide/hcl';
import { readTfvars } from '../../infraRepo/decide/readTfvars';
import type { InfraFolders } from '../../infraRepo/ports';
import type { EnvironmentRoot, FileSetup } from '../decide/findFilePoints';
import { CODEOWNERS_PATHS, KIT_FILES } from '../decide/kitFiles';

/** Reads the files of an infra repo that the installation depends on. @param cli - the value of GOLDENPATH_CLI */
export const readFileSetup = async (
  files: InfraFolders,
  settings: InfraSettings,
  cli: string | undefined,
): Promise<FileSetup> => {
  const exists = async (path: string) =>
    (await files.files(posix.dirname(path))).includes(posix.basename(path));
  const missing: string[] = [];
  for (const path of [...KIT_FILES, settings.catalog])
    if (!(await exists(path))) missing.push(path);
  const roots: EnvironmentRoot[] = [];
  for (const environment of settings.environments)
    roots.push(await readRoot(files, environment, settings));
  const codeOwners = await findFirst(files, CODEOWNERS_PATHS);
  const texts = [
    ...(await readTexts(files, settings.environmentsPath)),
    ...(await readTexts(files, 'kubernetes')),
  ];
  const path = cli && findCliPath(cli);
  return {
    missing,
    roots,
    codeOwners,
    texts,
    cli: path ? { path, exists: await exists(path) } : undefined,
  };
};

/** The same order as the action that installs the command line. */
const findCliPath = (cli: string): string | undefined =>
  !cli.startsWith('https://') && /\.(?:tgz|c?js)$/.test(cli)
    ? posix.normalize(cli)
    : undefined;

const readRoot = async (
  files: InfraFolders,
  environment: string,
  { environmentsPath }: InfraSettings,
): Promise<EnvironmentRoot> => {
  try {
    const { path, text } = await locateTfvars(files, environment, {
      mode: 'auto',
      environmentsPath,
    });
    await readTfvars(text, path, environment);
    const folder = posix.dirname(path);
    const names = await files.files(folder);
    return {
      environment,
      problems: [],
      folder,
      hasLockFile: names.includes('.terraform.lock.hcl'),
      stateKey: await readStateKey(
        files,
        names
          .filter(name => name.endsWith('.tf'))
          .map(name => `${folder}/${name}`),
      ),
    };
  } catch (error) {
    if (!isError(error) || !EXPECTED.includes(error.name)) throw error;
    return {
      environment,
      problems:
        error.name === 'NotFoundError'
          ? ['has no terraform.tfvars']
          : describeReason(error).split('\n'),
    };
  }
};

const EXPECTED = ['InputError', 'ConflictError', 'NotFoundError'];

/** The key of the S3 backend; undefined without one. */
const readStateKey = async (
  files: InfraFolders,
  paths: readonly string[],
): Promise<string | undefined> => {
  for (const path of paths) {
    const { terraform = [] } = (await parseHclValues(
      (await files.read(path)) ?? '',
      path,
    )) as {
      terraform?: Array<{ backend?: { s3?: Array<{ key?: string }> } }>;
    };
    for (const { backend } of terraform)
      if (backend?.s3) return backend.s3[0].key ?? '';
  }
  return undefined;
};

const findFirst = async (files: InfraFolders, paths: readonly string[]) => {
  for (const path of paths) {
    const text = await files.read(path);
    if (text !== undefined) return { path, text };
  }
  return undefined;
};

/** Files that people fill in; the text of Terraform's own names other things with angle brackets. */
const FILLED_IN = /\.(?:ya?ml|tfvars)$/;

/** The check of each environment says what can't be read, such as a symbolic link. */
const skipUnreadable = (error: Error): undefined => {
  if (error instanceof FileError) return undefined;
  throw error;
};

const readTexts = async (
  files: InfraFolders,
  folder: string,
): Promise<Array<{ path: string; text: string }>> => {
  const texts = [];
  for (const name of await files.files(folder)) {
    if (!FILLED_IN.test(name)) continue;
    const path = `${folder}/${name}`;
    const text = await files.read(path).catch(skipUnreadable);
    if (text !== undefined) texts.push({ path, text });
  }
  for (const name of await files.folders(folder)) {
    // Such as .terraform, which holds other people's modules.
    if (name.startsWith('.')) continue;
    texts.push(...(await readTexts(files, `${folder}/${name}`)));
  }
  return texts;
};
