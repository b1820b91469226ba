import { GitHubError, notFound } from '../errors';
import { Identity } from '../git/bareRepo';
import { gitCommit } from '../present/commit';
import { nodeId } from '../present/nodeId';
import { encodePath } from '../urls';
import { Call, created, ok, Operations } from './call';
import { inLines } from './contents';
import { authorship, moveRef } from './refs';

const PATH = '/repos/{owner}/{repo}/git';
const IS_SHA = /^[0-9a-f]{40}$/;

/** Git's own objects and refs. */
export const gitDataOperations: Operations = {
  [`GET ${PATH}/ref/{ref}`]: async call => {
    const full = fullRef(call.params.ref);
    const found = (await refsBelow(call, full)).find(({ ref }) => ref === full);
    if (!found) throw notFound();
    return ok(refJson(call, found));
  },

  [`POST ${PATH}/refs`]: async call => {
    const { ref, sha } = call.body<{ ref: string; sha: string }>();
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
    if ((await refsBelow(call, ref)).some(known => known.ref === ref))
      throw new GitHubError(422, 'Reference already exists');
    await moveRef(call, ref, undefined, sha, refUpdateRefused);
    return created(refJson(call, { ref, sha, type }));
  },

  [`PATCH ${PATH}/refs/{ref}`]: async call => {
    const { sha, force } = call.body<{ sha: string; force?: boolean }>();
    const before = await existingRef(call);
    const type = await assertObject(call, sha, before.ref);
    if (!force && !(await call.git.isAncestor(before.sha, sha)))
      throw new GitHubError(422, 'Update is not a fast forward');
    await moveRef(call, before.ref, before.sha, sha, refUpdateRefused);
    return ok(refJson(call, { ref: before.ref, sha, type }));
  },

  [`GET ${PATH}/commits/{commit_sha}`]: async call => {
    await assertType(call, call.params.commit_sha, 'commit');
    const found = await call.git.commit(call.params.commit_sha);
    return ok(gitCommit(call.context, call.repo, found));
  },

  [`POST ${PATH}/commits`]: async call => {
    const body = call.body<{
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
      ...authorship(call, body),
    });
    return created(
      gitCommit(call.context, call.repo, await call.git.commit(sha)),
    );
  },

  [`GET ${PATH}/trees/{tree_sha}`]: async call => {
    const { tree_sha: wanted } = call.params;
    const commit = await call.git.resolve(wanted);
    const sha = commit ? await call.git.treeOf(commit) : wanted;
    if (!commit) await assertType(call, wanted, 'tree');
    return ok(await treeJson(call, sha, Boolean(call.query.recursive)));
  },

  [`POST ${PATH}/trees`]: async call => {
    const { base_tree: base, tree } = call.body<{
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
      !(IS_SHA.test(base) && (await call.git.typeOf(base)))
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
    return created(await treeJson(call, sha, false));
  },

  [`GET ${PATH}/blobs/{file_sha}`]: async call => {
    const { params } = call;
    await assertType(call, params.file_sha, 'blob');
    const content = await call.git.blob(params.file_sha);
    if (call.wants('raw')) {
      return {
        status: 200,
        type: 'application/vnd.github.raw; charset=utf-8',
        body: content,
      };
    }
    return ok({
      sha: params.file_sha,
      node_id: nodeId('Blob', params.file_sha),
      size: content.length,
      url: gitUrl(call, 'blobs', params.file_sha),
      content: inLines(content.toString('base64')),
      encoding: 'base64',
    });
  },

  [`POST ${PATH}/blobs`]: async call => {
    const { content, encoding } = call.body<{
      content: string;
      encoding?: string;
    }>();
    const sha = await call.git.writeBlob(
      Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8'),
    );
    return created({ sha, url: gitUrl(call, 'blobs', sha) });
  },
};

const refUpdateRefused = (reason: string) =>
  new GitHubError(422, `Protected branch update failed. ${reason}`);

const fullRef = (ref: string) =>
  ref.startsWith('refs/') ? ref : `refs/${ref}`;

const refsBelow = async (call: Call, ref: string) => {
  const refs = await call.git.refs(ref);
  if (refs.length === 0 && (await call.git.refs('refs/heads')).length === 0)
    throw new GitHubError(409, 'Git Repository is empty.');
  return refs;
};

const existingRef = async (call: Call) => {
  const full = fullRef(call.params.ref);
  const found = (await call.git.refs(full)).find(({ ref }) => ref === full);
  if (!found || !/^refs\/(heads|tags)\//.test(full))
    throw new GitHubError(422, 'Reference does not exist');
  return found;
};

const assertObject = async (call: Call, sha: string, what: string) => {
  const type = IS_SHA.test(sha) ? await call.git.typeOf(sha) : undefined;
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
  const found = IS_SHA.test(sha) ? await call.git.typeOf(sha) : undefined;
  if (found === type) return;
  throw status === 404
    ? notFound()
    : new GitHubError(status, `${sha} is not the sha of a ${type}`);
};

const gitUrl = ({ context, repo }: Call, kind: string, sha: string) =>
  context.urls.rest('repos', repo.owner, repo.name, 'git', kind, sha);

const refJson = (
  call: Call,
  { ref, sha, type }: { ref: string; sha: string; type: string },
) => ({
  ref,
  node_id: nodeId('Ref', ref),
  url: `${call.context.urls.rest(
    'repos',
    call.repo.owner,
    call.repo.name,
    'git',
  )}/${encodePath(ref)}`,
  object: { sha, type, url: gitUrl(call, `${type}s`, sha) },
});

const treeJson = async (call: Call, sha: string, recursive: boolean) => {
  const entries = (await call.git.list(sha, '', { recursive })) ?? [];
  return {
    sha,
    url: gitUrl(call, 'trees', sha),
    truncated: false,
    tree: entries.map(({ path, mode, type, sha: object, size }) => ({
      path,
      mode,
      type,
      sha: object,
      ...(size !== undefined && { size }),
      ...(type !== 'commit' && { url: gitUrl(call, `${type}s`, object) }),
    })),
  };
};
