import { locateTfvars } from '../../infraRepo/act/locateTfvars';
import { listCatalog } from '../../infraRepo/decide/readCatalog';
import { readTfvars } from '../../infraRepo/decide/readTfvars';
import type { InfraFolders } from '../../infraRepo/ports';
import { catalogValues } from '../decide/findForbiddenChanges';
import { CHANGE_ALLOWED_LABEL, PLATFORM_ALLOWED_LABEL } from '../decide/labels';
import type { PlannedChange } from '../decide/plannedChanges';

/**
 * The history of the branch that is applied.
 *
 * @public
 */
export interface BranchHistory {
  /** Commits of the branch itself that changed one of the paths, other than the excluded one, newest first. */
  listCommits(
    head: string,
    paths: string[],
    excluded?: string,
  ): Promise<string[]>;
  /** The first parent; undefined for the first commit. */
  findParent(sha: string): Promise<string | undefined>;
  filesAt(sha: string): InfraFolders;
}

/** @public */
export interface AppliedEnvironment {
  environment: string;
  /** Folder of the Terraform root. */
  root: string;
  catalogPath: string;
  environmentsPath: string;
}

/**
 * The commit that brought a planned change, and the label that its pull request must have.
 *
 * @public
 */
export interface ChangeOrigin {
  commit: string;
  label: string;
}

/**
 * Finds the commit of the branch that brought a planned change: the newest that changed the database's entries, or, for a
 * resource of no database, any other file of the Terraform root. The secret of a database whose entries are as they were
 * created can only be changed by such a file.
 * @returns undefined if no commit did
 *
 * @public
 */
export const findChangeOrigin = async (
  history: BranchHistory,
  head: string,
  { key, label }: Pick<PlannedChange, 'key' | 'label'>,
  applied: AppliedEnvironment,
): Promise<ChangeOrigin | undefined> => {
  const { root, catalogPath } = applied;
  const tfvars = `${root}/terraform.tfvars`;
  const ofTerraform = async () =>
    (await history.listCommits(head, [root], tfvars))[0];
  if (key === undefined) {
    const commit = await ofTerraform();
    return commit ? { commit, label } : undefined;
  }
  const commits = await history.listCommits(head, [root, catalogPath]);
  // The parent of one is often the next one.
  const entries = new Map<string, string>();
  const readAt = async (commit: string): Promise<string> => {
    const entry =
      entries.get(commit) ??
      (await readEntry(history.filesAt(commit), key, applied));
    entries.set(commit, entry);
    return entry;
  };
  for (const [at, commit] of commits.entries()) {
    const parent = await history.findParent(commit);
    const before = parent === undefined ? NOTHING : await readAt(parent);
    if (before === (await readAt(commit))) continue;
    const isAsCreated =
      label === CHANGE_ALLOWED_LABEL &&
      before === NOTHING &&
      !(await wasDeclared(commits.slice(at + 1), readAt));
    const later = isAsCreated ? await ofTerraform() : undefined;
    return later !== undefined && commits.indexOf(later) < at
      ? { commit: later, label: PLATFORM_ALLOWED_LABEL }
      : { commit, label };
  }
  return undefined;
};

/** Whether one of the commits declares the database: it was removed and created again. */
const wasDeclared = async (
  commits: string[],
  readAt: (commit: string) => Promise<string>,
): Promise<boolean> => {
  for (const commit of commits)
    if ((await readAt(commit)) !== NOTHING) return true;
  return false;
};

const NOTHING = '{}';

/** What tfvars and catalog say of one database, as comparable text. A file that can't be read says its own text. */
const readEntry = async (
  files: InfraFolders,
  key: string,
  { environment, environmentsPath, catalogPath }: AppliedEnvironment,
): Promise<string> => {
  const tfvars = await locateTfvars(files, environment, {
    mode: 'auto',
    environmentsPath,
  }).catch(() => undefined);
  if (!tfvars) return NOTHING;
  try {
    const entries = await readTfvars(tfvars.text, tfvars.path, environment);
    const { line, ...entry } = entries.find(found => found.key === key) ?? {
      line: 0,
      databaseName: key,
    };
    const text = await files.read(catalogPath);
    const listed = text === undefined ? [] : listCatalog(text, catalogPath);
    const declared = listed.find(
      found =>
        found.environment === environment &&
        found.databaseName === entry.databaseName,
    );
    const isDeclared = 'key' in entry;
    if (!isDeclared && !declared) return NOTHING;
    return JSON.stringify([
      isDeclared ? entry : null,
      declared ? catalogValues(declared.entry) : null,
    ]);
  } catch {
    return tfvars.text;
  }
};
