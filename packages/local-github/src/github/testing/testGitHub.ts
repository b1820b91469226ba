import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createActions } from '../../actions';
import { LocalGitHub, startGitHub } from '..';

const run = promisify(execFile);

export interface Reply<T = any> {
  status: number;
  headers: Headers;
  body: T;
  text: string;
}

/** A local GitHub in a temporary folder, with its real Actions. */
export class TestGitHub {
  readonly folder = mkdtempSync(join(tmpdir(), 'local-github-'));
  github!: LocalGitHub;

  async start(port = 0, token?: string): Promise<this> {
    this.github = await startGitHub({
      port,
      token,
      stateDir: join(this.folder, 'state'),
      conformance: true,
      actions: deps =>
        createActions({
          ...deps,
          workRoot: join(this.folder, 'work'),
          runnerEnv: { PATH: process.env.PATH ?? '' },
        }),
    });
    await this.github.createOrganisation('acme');
    return this;
  }

  /** Stops it and starts it again over the same state; its port is another one then. */
  async restart(): Promise<void> {
    await this.github.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    await this.github?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Calls the REST API. A header of undefined is left out. */
  async call<T = any>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string | undefined> = {},
  ): Promise<Reply<T>> {
    const sent: Record<string, string | undefined> = {
      authorization: 'token local-token',
      accept: 'application/vnd.github+json',
      ...headers,
    };
    const answer = await fetch(this.github.apiUrl + path, {
      method,
      redirect: 'manual',
      headers: Object.fromEntries(
        Object.entries(sent).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, value]],
        ),
      ),
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    const isJson = /json/.test(answer.headers.get('content-type') ?? '');
    return {
      status: answer.status,
      headers: answer.headers,
      body: isJson && text ? JSON.parse(text) : undefined,
      text,
    };
  }

  /** The address to clone from, with a token in it. */
  toRemote(repo: string, token = 'local-token'): string {
    return this.github.url
      .replace('//', `//x-access-token:${token}@`)
      .concat(`/${repo}.git`);
  }

  /** Runs the real git. @throws with `stderr` where it fails */
  async runGit(cwd: string, ...args: string[]): Promise<string> {
    const { stdout } = await run('git', args, {
      cwd,
      env: {
        ...process.env,
        GIT_TERMINAL_PROMPT: '0',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_AUTHOR_NAME: 'Jane',
        GIT_AUTHOR_EMAIL: 'jane@example.com',
        GIT_COMMITTER_NAME: 'Jane',
        GIT_COMMITTER_EMAIL: 'jane@example.com',
      },
    });
    return stdout.trim();
  }

  async clone(repo: string, token?: string): Promise<string> {
    const folder = mkdtempSync(join(this.folder, 'clone-'));
    await this.runGit(
      folder,
      'clone',
      '--quiet',
      this.toRemote(repo, token),
      '.',
    );
    return folder;
  }

  /** Writes a file to a branch through the API; the branch is made off the default one where it is new. */
  async write(
    repo: string,
    path: string,
    text: string,
    branch = 'main',
  ): Promise<string> {
    const ref = await this.call(
      'GET',
      `/repos/${repo}/git/ref/heads/${branch}`,
    );
    if (ref.status === 404) {
      const main = await this.call('GET', `/repos/${repo}/git/ref/heads/main`);
      await this.call('POST', `/repos/${repo}/git/refs`, {
        ref: `refs/heads/${branch}`,
        sha: main.body.object.sha,
      });
    }
    const known = await this.call(
      'GET',
      `/repos/${repo}/contents/${path}?ref=${encodeURIComponent(branch)}`,
    );
    const written = await this.call('PUT', `/repos/${repo}/contents/${path}`, {
      message: `write ${path}`,
      content: Buffer.from(text).toString('base64'),
      branch,
      ...(known.status === 200 && { sha: known.body.sha }),
    });
    if (written.status >= 300)
      throw new Error(`${written.status} ${written.text}`);
    return written.body.commit.sha;
  }

  /** What is in a file of a branch; undefined where there is none. */
  async read(
    repo: string,
    path: string,
    ref = 'main',
  ): Promise<string | undefined> {
    const answer = await this.call(
      'GET',
      `/repos/${repo}/contents/${path}?ref=${ref}`,
      undefined,
      { accept: 'application/vnd.github.raw' },
    );
    return answer.status === 200 ? answer.text : undefined;
  }
}
