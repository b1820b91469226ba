import { existsSync } from 'node:fs';
import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { TestGitHub } from '@goldenpath/local-github/src/github/testing/testGitHub';
import { pushCommit } from './pushCommit';
import { CommitFile } from '../render/files';
import { newFolder } from '../testing/actionContext';
import { RootCommit, RootCommitInput, withRootCommit } from './rootCommit';

const TOKEN = 'local-token';
const file = (
  path: string,
  text: string,
  mode: CommitFile['mode'] = '100644',
): CommitFile => ({ path, mode, content: Buffer.from(text) });

const FILES = [
  file('run.sh', '#!/bin/sh\n', '100755'),
  file('docs/a-b.md', 'a\n'),
  file('docs/a/latest.md', '../a-b.md', '120000'),
  // git add would leave it out.
  file('.gitignore', 'build\n'),
  file('build/kept.bin', '\0\x01'),
];
const input = {
  files: FILES,
  message: 'feat: app from the golden path',
  author: { name: 'Scaffolder', email: 'scaffolder@backstage.io' },
  date: new Date('2026-11-24T08:00:00.750Z'),
};

const withCommit = <T>(
  of: RootCommitInput,
  use: (commit: RootCommit) => Promise<T>,
) => withRootCommit(async () => newFolder(), of, use);

describe('a root commit', () => {
  it('has the same id for equal inputs, in any order', async () => {
    const ids = [
      await withCommit(input, async ({ id }) => id),
      await withCommit(
        { ...input, files: [...FILES].reverse() },
        async ({ id }) => id,
      ),
      await withCommit(
        { ...input, files: FILES.slice(1) },
        async ({ id }) => id,
      ),
    ];
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('leaves no folder behind, also after an error', async () => {
    let gitdir = '';
    const failing = withCommit(input, async commit => {
      ({ gitdir } = commit);
      expect(existsSync(gitdir)).toBe(true);
      throw new Error('cut');
    });
    await expect(failing).rejects.toThrow('cut');
    expect(existsSync(gitdir)).toBe(false);
  });
});

describe('pushing a commit', () => {
  const github = new TestGitHub();
  beforeAll(() => github.start(0, TOKEN));
  afterAll(() => github.stop());

  const createRepo = async (name: string) => {
    await github.call('POST', '/orgs/acme/repos', { name, private: true });
    return `acme/${name}`;
  };
  const push = (
    commit: RootCommit,
    repo: string,
    replaces?: string,
    token = TOKEN,
  ) =>
    pushCommit(
      commit,
      {
        cloneUrl: `${github.github.url}/${repo}.git`,
        branch: 'main',
        replaces,
      },
      token,
    );
  const tip = async (repo: string) =>
    (await github.call('GET', `/repos/${repo}/git/ref/heads/main`)).body.object
      ?.sha;

  it('gives git the very files: modes, links, and what .gitignore names', async () => {
    const repo = await createRepo('files');
    await withCommit(input, async commit => {
      expect(await push(commit, repo)).toBe('pushed');
      expect(await tip(repo)).toBe(commit.id);
      const clone = await github.clone(repo);
      // Checks every object as GitHub does.
      expect(await github.runGit(clone, 'fsck', '--strict')).toBe('');
      expect(
        (await github.runGit(clone, 'ls-tree', '-r', 'HEAD'))
          .split('\n')
          .map(line => line.replace(/ blob \S+\t/, ' ')),
      ).toEqual([
        '100644 .gitignore',
        '100644 build/kept.bin',
        '100644 docs/a-b.md',
        '120000 docs/a/latest.md',
        '100755 run.sh',
      ]);
      expect(
        await github.runGit(clone, 'log', '--format=%an <%ae> %cI %s%P'),
      ).toBe(
        'Scaffolder <scaffolder@backstage.io> 2026-11-24T08:00:00+00:00 feat: app from the golden path',
      );
    });
  });

  it('only replaces the tip that it expects', async () => {
    const repo = await createRepo('replaced');
    const first = await withCommit(input, async commit => {
      await push(commit, repo);
      return commit.id;
    });
    await withCommit({ ...input, message: 'second' }, async commit => {
      expect(await push(commit, repo)).toBe('moved');
      expect(await push(commit, repo, 'f'.repeat(40))).toBe('moved');
      expect(await tip(repo)).toBe(first);
      expect(await push(commit, repo, first)).toBe('pushed');
      expect(await tip(repo)).toBe(commit.id);
    });
  });

  it('names what GitHub rejects, without the token', async () => {
    const repo = await createRepo('protected');
    await withCommit(input, commit => push(commit, repo));
    const before = await tip(repo);
    await github.call('PUT', `/repos/${repo}/branches/main/protection`, {
      required_status_checks: null,
      enforce_admins: true,
      required_pull_request_reviews: { required_approving_review_count: 1 },
      restrictions: null,
    });
    await withCommit({ ...input, message: 'second' }, async commit => {
      const reject = (replaces: string, token?: string) =>
        push(commit, repo, replaces, token).then(
          () => undefined,
          error => error,
        );
      const refused = await reject(before);
      expect(refused.name).toBe('NotAllowedError');
      expect(refused.message).toMatch(
        /GitHub rejected the push to main .* refs\/heads\/main: /,
      );
      const wrong = await reject(before, 'canary-token');
      expect(wrong.name).toBe('AuthenticationError');
      expect(JSON.stringify([wrong, wrong.message, wrong.cause])).not.toMatch(
        /canary-token|Y2FuYXJ5/,
      );
      await expect(push(commit, 'acme/missing')).rejects.toMatchObject({
        name: 'NotFoundError',
        message: expect.stringContaining(
          "don't reach it. Check its name and what they have access to, then try again",
        ),
      });
    });
    expect(await tip(repo)).toBe(before);
  });

  describe('through a server that misbehaves', () => {
    let server: Server;
    let answer: (respond: (status: number) => void) => void;
    beforeAll(async () => {
      server = createServer((request, response) => {
        request.resume();
        answer(status => response.writeHead(status).end('Nope'));
      });
      await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
    });
    afterAll(() => {
      server.closeAllConnections();
      server.close();
    });
    const pushThere = () =>
      withCommit(input, commit =>
        pushCommit(
          commit,
          {
            cloneUrl: `http://127.0.0.1:${
              (server.address() as AddressInfo).port
            }/acme/app.git`,
            branch: 'main',
            replaces: undefined,
          },
          TOKEN,
          300,
        ),
      );

    it.each([
      { status: 403, name: 'NotAllowedError' },
      { status: 502, name: 'ServiceUnavailableError' },
    ])('$status is a $name', async ({ status, name }) => {
      answer = respond => respond(status);
      await expect(pushThere()).rejects.toMatchObject({ name });
    });

    it('no answer in time is a ServiceUnavailableError', async () => {
      answer = () => {};
      await expect(pushThere()).rejects.toMatchObject({
        name: 'ServiceUnavailableError',
        message: expect.stringContaining('GitHub did not answer the push'),
      });
    });
  });
});
