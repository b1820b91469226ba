import { GitHubError, createNotFound } from '../errors';
import { TreeEntry } from '../../git/treeEntry';
import { toGitCommit } from '../present/commit';
import { encodePath } from '../urls';
import { Answer, Call, Operations, answerOk, answerRedirect } from './call';
import { chooseAuthorship, cleanPath, moveRef, createNoSuchRef } from './refs';
import { Identity } from '../git/bareRepo';

const PATH = '/repos/{owner}/{repo}';
/** As JSON a larger file comes without its content. */
const MAX_INLINE_BYTES = 1024 * 1024;

interface FileBody {
  message: string;
  content: string;
  branch?: string;
  sha?: string;
  author?: Partial<Identity>;
  committer?: Partial<Identity>;
}

/** Files by their paths. */
export const contentOperations: Operations = {
  [`GET ${PATH}/contents/{path}`]: async call => {
    const path = cleanPath(call.params.path);
    const ref = call.query.ref || call.repo.defaultBranch;
    const commit = await call.git.resolve(ref);
    if (!commit) {
      const isEmpty = (await call.git.listRefs('refs/heads')).length === 0;
      throw isEmpty
        ? new GitHubError(404, 'This repository is empty.')
        : createNoSuchRef(ref);
    }
    const entry =
      path === '' ? undefined : await call.git.findEntry(commit, path);
    if (path !== '' && !entry) throw createNotFound();
    if (!entry || entry.type === 'tree')
      return answerFolder(call, ref, commit, path, entry);
    return answerFile(call, ref, path, entry);
  },

  [`PUT ${PATH}/contents/{path}`]: async call => {
    const body = call.readBody<FileBody>();
    const target = await findTarget(call, body.branch);
    const path = readFilePath(call);
    const existing = target.tip && (await call.git.findEntry(target.tip, path));
    if (existing && body.sha === undefined) {
      throw new GitHubError(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
    }
    assertSame(path, existing || undefined, body.sha);
    const blob = await call.git.writeBlob(decode(body.content));
    const mode = existing ? existing.mode : '100644';
    const commit = await commitChange(call, body, target, {
      path,
      mode,
      sha: blob,
    });
    const entry = await call.git.findEntry(commit.sha, path);
    return {
      status: existing ? 200 : 201,
      body: {
        content: entry ? toEntryJson(call, target.branch, path, entry) : null,
        commit: toGitCommit(call.context, call.repo, commit),
      },
    };
  },

  [`GET ${PATH}/tarball/{ref}`]: call => archive(call),
};

const archive = async (call: Call) => {
  const { repo, context, params } = call;
  const ref = params.ref || repo.defaultBranch;
  if (!(await call.git.resolve(ref))) throw createNotFound();
  return answerRedirect(
    context.urls.toPage(repo.owner, repo.name, 'legacy.tar.gz', ref),
  );
};

const answerFolder = async (
  call: Call,
  ref: string,
  commit: string,
  path: string,
  entry: TreeEntry | undefined,
): Promise<Answer> => {
  const listed = (await call.git.list(commit, path)) ?? [];
  const entries = listed.map(one =>
    toEntryJson(call, ref, path === '' ? one.path : `${path}/${one.path}`, one),
  );
  if (!call.wants('object')) return answerOk(entries);
  const self = entry ?? {
    mode: '040000',
    type: 'tree' as const,
    sha: await call.git.findTree(commit),
    size: undefined,
    path: '',
  };
  return {
    status: 200,
    type: 'application/vnd.github.object+json; charset=utf-8',
    body: JSON.stringify({ ...toEntryJson(call, ref, path, self), entries }),
  };
};

const answerFile = async (
  call: Call,
  ref: string,
  path: string,
  entry: TreeEntry,
): Promise<Answer> => {
  if (entry.type === 'commit') {
    return answerOk({
      ...toEntryJson(call, ref, path, entry),
      submodule_git_url: call.context.urls.server,
    });
  }
  const content = await call.git.readBlob(entry.sha);
  if (call.wants('raw')) {
    return {
      status: 200,
      type: 'application/vnd.github.raw; charset=utf-8',
      body: content,
    };
  }
  const json = toEntryJson(call, ref, path, entry);
  if (entry.mode === '120000')
    return answerOk({ ...json, target: content.toString() });
  const isInline = content.length <= MAX_INLINE_BYTES;
  return answerOk({
    ...json,
    content: isInline ? splitIntoLines(content.toString('base64')) : '',
    encoding: isInline ? 'base64' : 'none',
  });
};

/** GitHub's base64 comes in lines of 60 characters. */
export const splitIntoLines = (base64: string): string =>
  base64.replace(/.{1,60}/g, '$&\n');

const toEntryJson = (
  { context, repo }: Call,
  ref: string,
  path: string,
  entry: TreeEntry,
) => {
  const { urls } = context;
  const rest = urls.toRest('repos', repo.owner, repo.name);
  const self = `${rest}/contents/${encodePath(path)}?ref=${encodeURIComponent(
    ref,
  )}`;
  const type = getEntryType(entry);
  const isFolder = type === 'dir';
  const git =
    type === 'submodule'
      ? null
      : `${rest}/git/${isFolder ? 'trees' : 'blobs'}/${entry.sha}`;
  const html = urls.toPage(
    repo.owner,
    repo.name,
    isFolder ? 'tree' : 'blob',
    ref,
    ...(path === '' ? [] : [path]),
  );
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    path,
    sha: entry.sha,
    size: entry.size ?? 0,
    type,
    url: self,
    git_url: git,
    html_url: html,
    download_url:
      type === 'file' || type === 'symlink'
        ? `${urls.raw}/${[repo.owner, repo.name, ref, path]
            .map(encodePath)
            .join('/')}`
        : null,
    _links: { self, git, html },
  };
};

const getEntryType = ({ type, mode }: TreeEntry) => {
  if (type === 'tree') return 'dir';
  if (type === 'commit') return 'submodule';
  return mode === '120000' ? 'symlink' : 'file';
};

interface Target {
  branch: string;
  tip: string | undefined;
}

/** The branch to write to; in an empty repository the first commit makes it. */
const findTarget = async (
  call: Call,
  wanted: string | undefined,
): Promise<Target> => {
  const branch = wanted ?? call.repo.defaultBranch;
  const tip = await call.git.resolve(`refs/heads/${branch}`);
  const isEmpty = !tip && (await call.git.listRefs('refs/heads')).length === 0;
  if (!tip && !isEmpty)
    throw new GitHubError(404, `Branch ${branch} not found`);
  return { branch, tip };
};

const readFilePath = (call: Call): string => {
  const path = cleanPath(call.params.path);
  if (path === '')
    throw new GitHubError(422, 'path cannot be the root of the repository');
  return path;
};

const assertSame = (
  path: string,
  existing: TreeEntry | undefined,
  sha: string | undefined,
) => {
  if (sha !== undefined && sha !== existing?.sha)
    throw new GitHubError(409, `${path} does not match ${sha}`);
};

const decode = (content: string): Buffer => {
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(content))
    throw new GitHubError(422, 'content is not valid Base64');
  return Buffer.from(content, 'base64');
};

const commitChange = async (
  call: Call,
  body: FileBody,
  { branch, tip }: Target,
  change: { path: string; mode: string; sha: string | null },
) => {
  const { git } = call;
  const sha = await git.writeCommit({
    tree: await git.writeTree(tip, [change]),
    parents: tip ? [tip] : [],
    message: body.message,
    ...chooseAuthorship(call, body),
  });
  await moveRef(
    call,
    `refs/heads/${branch}`,
    tip,
    sha,
    reason => new GitHubError(409, `Could not update file: ${reason}`),
  );
  return git.readCommit(sha);
};
