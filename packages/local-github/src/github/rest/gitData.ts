import { GitHubError, createNotFound } from '../errors';
import { Identity } from '../git/bareRepo';
import { toGitCommit } from '../present/commit';
import { toNodeId } from '../present/toNodeId';
import { encodePath } from '../urls';
import { Call, answerCreated, answerOk, Operations } from './call';
import { splitIntoLines } from './contents';
import { chooseAuthorship, moveRef } from './refs';

const PATH = '/repos/{owner}/{repo}/git';
const IS_SHA = /^[0-9a-f]{40}$/;

/** Git's own objects and refs. */
export const gitDataOperations: Operations = {
  [`GET ${PATH}/ref/{ref}`]: async call => {
    const full = toFullRef(call.params.ref);
    const found = (await listRefsBelow(call, full)).find(
      ({ ref }) => ref === full,
    );
    if (!found) throw createNotFound();
    return answerOk(toRefJson(call, found));
  },

  [`POST ${PATH}/refs`]: async call => {
    const { ref, sha } = call.readBody<{ ref: string; sha: string }>();
    if (
      !/^refs\/(heads|tags)\/./.test(ref) ||
      !(await call.git.isRefName(ref))
    ) {
      throw new GitHubError(
        422,
        "Reference name must start with 'refs/' and have at least two slashes, and be one that git accepts.",
      );
    }
    const type = await assertObject(call, sha, ref);
    if ((await listRefsBelow(call, ref)).some(known => known.ref === ref))
      throw new GitHubError(422, 'Reference already exists');
    await moveRef(call, ref, undefined, sha, createRefUpdateRefused);
    return answerCreated(toRefJson(call, { ref, sha, type }));
  },

  [`PATCH ${PATH}/refs/{ref}`]: async call => {
    const { sha, force } = call.readBody<{ sha: string; force?: boolean }>();
    const before = await findExistingRef(call);
    const type = await assertObject(call, sha, before.ref);
    if (!force && !(await call.git.isAncestor(before.sha, sha)))
      throw new GitHubError(422, 'Update is not a fast forward');
    await moveRef(call, before.ref, before.sha, sha, createRefUpdateRefused);
    return answerOk(toRefJson(call, { ref: before.ref, sha, type }));
  },

  [`GET ${PATH}/commits/{commit_sha}`]: async call => {
    await assertType(call, call.params.commit_sha, 'commit');
    const found = await call.git.readCommit(call.params.commit_sha);
    return answerOk(toGitCommit(call.context, call.repo, found));
  },

  [`POST ${PATH}/commits`]: async call => {
    const body = call.readBody<{
      message: string;
      tree: string;
      parents?: string[];
      author?: Partial<Identity>;
      committer?: Partial<Identity>;
    }>();
    await assertType(call, body.tree, 'tree', 422);
    for (const parent of body.parents ?? [])
      await assertType(call, parent, 'commit', 422);
    const sha = await call.git.writeCommit({
      tree: body.tree,
      parents: body.parents ?? [],
      message: body.message,
      ...chooseAuthorship(call, body),
    });
    return answerCreated(
      toGitCommit(call.context, call.repo, await call.git.readCommit(sha)),
    );
  },

  [`GET ${PATH}/trees/{tree_sha}`]: async call => {
    const { tree_sha: wanted } = call.params;
    const commit = await call.git.resolve(wanted);
    const sha = commit ? await call.git.findTree(commit) : wanted;
    if (!commit) await assertType(call, wanted, 'tree');
    return answerOk(
      await readTreeJson(call, sha, Boolean(call.query.recursive)),
    );
  },

  [`POST ${PATH}/trees`]: async call => {
    const { base_tree: base, tree } = call.readBody<{
      base_tree?: string;
      tree: Array<{
        path?: string;
        mode?: string;
        sha?: string | null;
        content?: string;
      }>;
    }>();
    if (
      base !== undefined &&
      !(IS_SHA.test(base) && (await call.git.findType(base)))
    )
      throw new GitHubError(422, 'base_tree is not a valid tree sha');
    const changes = [];
    for (const { path, mode = '100644', sha, content } of tree) {
      if (!path || path.startsWith('/') || path.split('/').includes('..')) {
        throw new GitHubError(
          422,
          'tree.path contains a malformed path component',
        );
      }
      const blob =
        content === undefined
          ? sha
          : await call.git.writeBlob(Buffer.from(content));
      if (blob === undefined)
        throw new GitHubError(
          422,
          'Must supply either tree.sha or tree.content',
        );
      if (blob !== null) await assertObject(call, blob, path);
      changes.push({ path, mode, sha: blob });
    }
    const sha = await call.git.writeTree(base, changes);
    return answerCreated(await readTreeJson(call, sha, false));
  },

  [`GET ${PATH}/blobs/{file_sha}`]: async call => {
    const { params } = call;
    await assertType(call, params.file_sha, 'blob');
    const content = await call.git.readBlob(params.file_sha);
    if (call.wants('raw')) {
      return {
        status: 200,
        type: 'application/vnd.github.raw; charset=utf-8',
        body: content,
      };
    }
    return answerOk({
      sha: params.file_sha,
      node_id: toNodeId('Blob', params.file_sha),
      size: content.length,
      url: toGitUrl(call, 'blobs', params.file_sha),
      content: splitIntoLines(content.toString('base64')),
      encoding: 'base64',
    });
  },

  [`POST ${PATH}/blobs`]: async call => {
    const { content, encoding } = call.readBody<{
      content: string;
      encoding?: string;
    }>();
    const sha = await call.git.writeBlob(
      Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8'),
    );
    return answerCreated({ sha, url: toGitUrl(call, 'blobs', sha) });
  },
};

const createRefUpdateRefused = (reason: string) =>
  new GitHubError(422, `Protected branch update failed. ${reason}`);

const toFullRef = (ref: string) =>
  ref.startsWith('refs/') ? ref : `refs/${ref}`;

const listRefsBelow = async (call: Call, ref: string) => {
  const refs = await call.git.listRefs(ref);
  if (refs.length === 0 && (await call.git.listRefs('refs/heads')).length === 0)
    throw new GitHubError(409, 'Git Repository is empty.');
  return refs;
};

const findExistingRef = async (call: Call) => {
  const full = toFullRef(call.params.ref);
  const found = (await call.git.listRefs(full)).find(({ ref }) => ref === full);
  if (!found || !/^refs\/(heads|tags)\//.test(full))
    throw new GitHubError(422, 'Reference does not exist');
  return found;
};

const assertObject = async (call: Call, sha: string, what: string) => {
  const type = IS_SHA.test(sha) ? await call.git.findType(sha) : undefined;
  const isFitting = !what.startsWith('refs/heads/') || type === 'commit';
  if (!type || !isFitting) throw new GitHubError(422, 'Object does not exist');
  return type;
};

const assertType = async (
  call: Call,
  sha: string,
  type: string,
  status = 404,
) => {
  const found = IS_SHA.test(sha) ? await call.git.findType(sha) : undefined;
  if (found === type) return;
  throw status === 404
    ? createNotFound()
    : new GitHubError(status, `${sha} is not the sha of a ${type}`);
};

const toGitUrl = ({ context, repo }: Call, kind: string, sha: string) =>
  context.urls.toRest('repos', repo.owner, repo.name, 'git', kind, sha);

const toRefJson = (
  call: Call,
  { ref, sha, type }: { ref: string; sha: string; type: string },
) => ({
  ref,
  node_id: toNodeId('Ref', ref),
  url: `${call.context.urls.toRest(
    'repos',
    call.repo.owner,
    call.repo.name,
    'git',
  )}/${encodePath(ref)}`,
  object: { sha, type, url: toGitUrl(call, `${type}s`, sha) },
});

const readTreeJson = async (call: Call, sha: string, recursive: boolean) => {
  const entries = (await call.git.list(sha, '', { recursive })) ?? [];
  return {
    sha,
    url: toGitUrl(call, 'trees', sha),
    truncated: false,
    tree: entries.map(({ path, mode, type, sha: object, size }) => ({
      path,
      mode,
      type,
      sha: object,
      ...(size !== undefined && { size }),
      ...(type !== 'commit' && { url: toGitUrl(call, `${type}s`, object) }),
    })),
  };
};
