import { passesPatterns } from './patterns';
import { Template, TemplateMap } from './template';

/** What a workflow's `on` is compared with. */
export interface EventFacts {
  name: string;
  /** A full ref; for pull requests the base branch decides instead. */
  ref: string;
  /** The payload's action, for instance `opened`. */
  action?: string;
  /** Of a pull request, short. */
  baseBranch?: string;
  /** Asked for only where a workflow filters by path. */
  changedFiles(): Promise<string[]>;
}

const DEFAULT_PULL_REQUEST_TYPES = ['opened', 'synchronize', 'reopened'];

/** Whether an event starts a workflow with these triggers: event, activity type, branch or tag, and paths must all agree. */
export const isTriggered = async (
  on: Record<string, TemplateMap>,
  facts: EventFacts,
): Promise<boolean> => {
  const filters = on[facts.name];
  if (!filters) return false;
  if (!passesTypes(filters, facts) || !passesRef(filters, facts)) return false;
  return passesPaths(filters, facts);
};

/** The branch that a pull request or a merge group is to be merged into; undefined for other events. */
export const readBaseBranch = ({
  pull_request: pull,
  merge_group: group,
}: {
  pull_request?: { base?: { ref?: string } };
  merge_group?: { base_ref?: string };
}): string | undefined =>
  pull?.base?.ref ?? (group?.base_ref && shortenRef(group.base_ref));

/** Whether the head commit's message asks that nothing be run, as GitHub allows for pushes and pull requests. */
export const skipsRuns = (commitMessage: string): boolean => {
  return (
    /\[(skip ci|ci skip|no ci|skip actions|actions skip)\]/.test(
      commitMessage,
    ) || /(^|\n)skip-checks:\s*true\s*$/.test(commitMessage)
  );
};

const isPullRequest = (name: string): boolean => {
  return name === 'pull_request' || name === 'pull_request_target';
};

const passesTypes = (
  filters: TemplateMap,
  { name, action }: EventFacts,
): boolean => {
  const types =
    readStrings(filters.types) ??
    (isPullRequest(name) ? DEFAULT_PULL_REQUEST_TYPES : undefined);
  return !types || action === undefined || types.includes(action);
};

const passesRef = (
  filters: TemplateMap,
  { name, ref, baseBranch }: EventFacts,
): boolean => {
  const branches = readLists(filters, 'branches');
  const tags = readLists(filters, 'tags');
  if (name !== 'push')
    return !branches || passes(baseBranch ?? shortenRef(ref), branches);
  const isTag = ref.startsWith('refs/tags/');
  const wanted = isTag ? tags : branches;
  // A filter for the one kind of ref alone shuts the other kind out.
  if (!wanted) return !(isTag ? branches : tags);
  return passes(shortenRef(ref), wanted);
};

const passesPaths = async (
  filters: TemplateMap,
  facts: EventFacts,
): Promise<boolean> => {
  const paths = readLists(filters, 'paths');
  if (!paths || facts.ref.startsWith('refs/tags/')) return true;
  return (await facts.changedFiles()).some(file => passes(file, paths));
};

/** `refs/heads/a/b` → `a/b`. */
export const shortenRef = (ref: string): string => {
  return ref.replace(/^refs\/(heads|tags|pull)\//, '');
};

interface Lists {
  include?: string[];
  ignore?: string[];
}

const readLists = (filters: TemplateMap, name: string): Lists | undefined => {
  const include = readStrings(filters[name]);
  const ignore = readStrings(filters[`${name}-ignore`]);
  return include || ignore ? { include, ignore } : undefined;
};

const passes = (value: string, { include, ignore }: Lists): boolean => {
  if (include) return passesPatterns(value, include);
  return !passesPatterns(value, ignore ?? []);
};

const readStrings = (list: Template | undefined): string[] | undefined => {
  if (list === undefined || list === null) return undefined;
  return (Array.isArray(list) ? list : [list]).map(String);
};
