import { SETTINGS_PATH } from '@goldenpath/plugin-golden-path-common';
import {
  ChangedPath,
  SUBMODULE_MODE,
  SYMLINK_MODE,
} from '../../infraRepo/decide/parseRawDiff';
import type { Finding } from './declaredDatabases';
import { PLATFORM_ALLOWED_LABEL } from './labels';

/**
 * Where an infra repo keeps what requests change, and what else is the platform's.
 *
 * @public
 */
export interface PlatformPaths {
  catalogPath: string;
  environmentsPath: string;
  /** `GOLDENPATH_CLI` of the workflows; a path in the repo makes its folder the platform's. */
  cli?: string;
  /** Folders of the base that hold Terraform files, such as modules; `''` is the top of the repo. */
  terraformFolders: readonly string[];
}

/**
 * Finds the changes of platform files without the required label. Requests change the catalog and the `terraform.tfvars`
 * of an existing environment; whatever else Terraform, workflows or make load belongs to the platform team.
 */
export const findPlatformChanges = (
  changes: readonly ChangedPath[],
  paths: PlatformPaths,
  labels: readonly string[],
): Finding[] =>
  labels.includes(PLATFORM_ALLOWED_LABEL)
    ? []
    : changes.flatMap(change => {
        const rule = findRule(change, paths);
        if (!rule) return [];
        const message = `is ${describeChange(
          change,
        )}, and ${rule}. The label ${PLATFORM_ALLOWED_LABEL} allows it.`;
        return [{ path: change.path, line: 1, message }];
      });

/** The reason why only the platform team may change this path; undefined when everybody may. */
const findRule = (
  change: ChangedPath,
  paths: PlatformPaths,
): string | undefined => {
  const { path, before, after } = change;
  const modes = [before, after].filter(mode => mode !== undefined);
  if (modes.includes(SUBMODULE_MODE))
    return 'a submodule brings in code from elsewhere';
  if (modes.includes(SYMLINK_MODE))
    return 'a symbolic link can stand in for another file';
  if ([paths.catalogPath, SETTINGS_PATH].includes(path)) return undefined;
  // File systems of macOS and Windows ignore the case.
  const lower = path.toLowerCase();
  const environments = paths.environmentsPath.toLowerCase();
  if (isIn(lower, environments)) {
    const isChangedTfvars =
      modes.length === 2 && isTfvarsPath(path, paths.environmentsPath);
    return isChangedTfvars
      ? undefined
      : `in ${paths.environmentsPath} only an existing terraform.tfvars may change, because Terraform loads the other files too`;
  }
  return findCodeRule(lower, paths);
};

const isIn = (path: string, folder: string) =>
  path === folder || path.startsWith(`${folder}/`);

/** Whether the path is the terraform.tfvars of an environment's folder. */
export const isTfvarsPath = (path: string, environmentsPath: string) =>
  path.startsWith(`${environmentsPath}/`) &&
  /^[^/]+\/terraform\.tfvars$/.test(path.slice(environmentsPath.length + 1));

/** @param path - in lower case */
const findCodeRule = (
  path: string,
  { cli, terraformFolders }: PlatformPaths,
): string | undefined => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const folder = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
  const owned = PLATFORM_FOLDERS.find(of => isIn(path, of));
  if (owned) return `everything in ${owned} belongs to the platform team`;
  const code = CODE.find(({ pattern }) => pattern.test(name));
  if (code) return code.rule;
  const isModule = terraformFolders.some(of =>
    of === '' ? folder === '' : isIn(path, of.toLowerCase()),
  );
  if (isModule) return 'it lies in a folder that Terraform may load';
  const program = findCliFolder(cli);
  return program !== undefined && isIn(path, program)
    ? 'it lies beside goldenpath-rds, which the workflows run'
    : undefined;
};

/** Folders of the kit in the infra repo; docs/trust.md lists them too. */
const PLATFORM_FOLDERS = [
  '.github',
  'iam',
  'instance',
  'kubernetes',
  'modules',
  'scripts',
];

/** Names of files that a tool loads or runs wherever they are. */
const CODE = [
  {
    pattern: /\.(?:tf|tofu)(?:\.json)?$|\.tfvars(?:\.json)?$|\.hcl$/,
    rule: 'Terraform may load it',
  },
  {
    pattern: /^(?:\.terraformrc|terraform\.rc|\.terraform-version)$/,
    rule: 'it sets up Terraform',
  },
  {
    pattern: /^(?:gnu)?makefile$|\.mk$/,
    rule: 'make runs it',
  },
  {
    pattern: /\.(?:sh|bash|[cm]?js|tgz|tar\.gz)$|^dockerfile/,
    rule: 'workflows and people run code like this',
  },
  {
    pattern:
      /^(?:\.npmrc|\.?yarnrc(?:\.yml)?|package(?:-lock)?\.json|yarn\.lock)$/,
    rule: 'it decides which packages are installed',
  },
  {
    pattern: /^codeowners$/,
    rule: 'it decides who must review a change',
  },
  {
    pattern: /^\.(?:gitattributes|gitmodules|lfsconfig)$/,
    rule: 'it changes how git reads other files',
  },
];

/** The folder of a command line that is kept in the repo, in lower case; the file itself at the top. */
const findCliFolder = (cli = ''): string | undefined => {
  const path = cli.toLowerCase().replace(/^(?:\.\/+)+/, '');
  if (!/\.(?:tgz|c?js)$/.test(path) || /^(?:[a-z]+:|\/|@)/.test(path))
    return undefined;
  const end = path.lastIndexOf('/');
  return end === -1 ? path : path.slice(0, end);
};

const describeChange = ({ before, after }: ChangedPath): string => {
  if (before === undefined) return 'added';
  if (after === undefined) return 'removed';
  return 'changed';
};
