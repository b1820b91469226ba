import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import {
  createServer,
  IncomingMessage,
  ServerResponse,
  Server,
} from 'node:http';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  branchName,
  renderPullRequestMarker,
} from '@goldenpath/plugin-golden-path-common';
import { Answer, NOT_FOUND, reply, REPO_EXISTS } from './answers';
import { Fault, takeFault } from './faults';
import { listCommits } from './listCommits';
import { serveGit } from './serveGit';

interface FakeRun {
  id: number;
  display_title: string;
  status: string;
  conclusion: string | null;
  inputs: Record<string, string>;
  /** By default 1. */
  run_attempt?: number;
  /** Of a run that a push started. */
  head_sha?: string;
  path?: string;
}
interface FakePull {
  number: number;
  head: string;
  state: 'open' | 'closed';
  merged_at: string | null;
  body: string;
  merge_commit_sha?: string;
}
export interface LoggedRequest {
  method: string;
  path: string;
  body: any;
  headers: IncomingMessage['headers'];
}

/** A call about one repository. */
const route = (method: string, rest: string) =>
  new RegExp(`^${method} /repos/(?<slug>[^/]+/[^/]+)${rest}`);

/** A GitHub with the API routes that the actions call, a log of the requests, and git over HTTP. */
export class FakeGitHub {
  readonly requests: LoggedRequest[] = [];
  readonly faults: Fault[] = [];
  readonly runs: FakeRun[] = [];
  readonly pulls: FakePull[] = [];
  readonly files = new Map<string, string>();
  readonly repos = new Map<string, { homepage: string; private: boolean }>();
  workflow: { state: string } | undefined = { state: 'active' };
  /** Whether Actions are switched on in the settings. */
  hasActions = true;
  /** Whether a dispatch answers with the run, as since 2026-02. */
  returnsRunDetails = true;
  /** Told of a dispatched run, to end it as a test wants. */
  onDispatch: (run: FakeRun) => void = () => {};
  /** Ends a run; a successful one opens the pull request of its request, as the shipped workflow does. */
  readonly endRun = (run: FakeRun, conclusion = 'success') => {
    Object.assign(run, { status: 'completed', conclusion });
    if (conclusion !== 'success') return;
    const { environment, database_name, task_id } = run.inputs;
    const key = { environment, databaseName: database_name };
    this.pulls.push({
      number: this.pulls.length + 1,
      head: branchName(key),
      state: 'open',
      merged_at: null,
      body: renderPullRequestMarker(key, task_id),
    });
  };
  /** Told of what was answered, to change what the next call finds. */
  onAnswer: (path: string) => void = () => {};

  private readonly server: Server;
  private readonly folder = mkdtempSync(join(tmpdir(), 'fake-github-'));
  private nextId = 1000;

  constructor() {
    this.server = createServer((request, response) => {
      this.serve(request, response).catch(error => {
        response.writeHead(500).end(String(error.stack));
      });
    });
  }

  async start() {
    await new Promise<void>(done => {
      this.server.listen(0, '127.0.0.1', done);
    });
    this.addRepo('acme/platform-infra', '');
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise(done => this.server.close(done));
    rmSync(this.folder, { recursive: true, force: true });
  }

  get host() {
    return `localhost:${(this.server.address() as AddressInfo).port}`;
  }

  /** `integrations` and `backend.reading` of app-config for this GitHub. */
  get integration() {
    return {
      host: this.host,
      apiBaseUrl: `http://${this.host}/api/v3`,
      rawBaseUrl: `http://${this.host}/raw`,
      token: 'fake-token',
    };
  }

  addRepo(slug: string, homepage: string, isPrivate = true) {
    this.repos.set(slug, { homepage, private: isPrivate });
  }

  /** Runs git in the bare repository; what it printed. */
  git(slug: string, args: string[]) {
    const cwd = this.gitDir(slug);
    return spawnSync('git', args, { cwd, encoding: 'utf8' }).stdout.trim();
  }

  /** The bare repository, which is created when git first works in it: most tests need none. */
  private gitDir(slug: string) {
    const folder = join(this.folder, `${slug}.git`);
    if (!existsSync(folder))
      spawnSync('git', ['init', '--quiet', '--bare', '-b', 'main', folder]);
    return folder;
  }

  /** The calls of a method to paths that match. */
  calls(method: string, path: RegExp) {
    return this.requests.filter(
      request => request.method === method && path.test(request.path),
    );
  }

  private async serve(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url!, `http://${this.host}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const isApi = url.pathname.startsWith('/api/v3/');
    const path = isApi
      ? decodeURIComponent(url.pathname.slice('/api/v3'.length))
      : url.pathname;
    const method = request.method!;
    const json =
      isApi && body.length > 0 ? JSON.parse(body.toString()) : undefined;
    this.requests.push({
      method,
      path: path + url.search,
      body: json,
      headers: request.headers,
    });

    const fault = takeFault(this.faults, method, path);
    if (fault?.reset) {
      request.socket.destroy();
      return;
    }
    if (fault?.status) {
      reply(response, fault.status, fault.body ?? {}, fault.headers);
      return;
    }
    const beforeAnswer = async () => {
      this.onAnswer(path);
      if (fault?.delayMs)
        await new Promise(done => setTimeout(done, fault.delayMs));
      if (fault?.loseAnswer) request.socket.destroy();
    };
    if (!isApi) {
      const slug = path
        .split('/')
        .slice(1, 3)
        .join('/')
        .replace(/\.git$/, '');
      if (this.repos.has(slug)) this.gitDir(slug);
      serveGit(this.folder, request, url, body, response, beforeAnswer);
      return;
    }
    const [status, answer] = this.answer(method, path, url.searchParams, json);
    await beforeAnswer();
    if (!response.destroyed) reply(response, status, answer);
  }

  private answer(
    method: string,
    path: string,
    query: URLSearchParams,
    body: any,
  ): Answer {
    for (const [pattern, serve] of this.routes) {
      const match = pattern.exec(`${method} ${path}`);
      const slug = match?.groups?.slug;
      if (match && (slug === undefined || this.repos.has(slug)))
        return serve({ ...match.groups }, body, query);
    }
    return NOT_FOUND;
  }

  private readonly routes: Array<
    [
      RegExp,
      (of: Record<string, string>, body: any, query: URLSearchParams) => Answer,
    ]
  > = [
    [
      /^GET \/users\/(?<login>[^/]+)$/,
      ({ login }) => [200, { login, type: 'Organization' }],
    ],
    [
      /^POST \/orgs\/(?<org>[^/]+)\/repos$/,
      ({ org }, body) => {
        const slug = `${org}/${body.name}`;
        if (this.repos.has(slug)) return REPO_EXISTS;
        this.addRepo(slug, body.homepage ?? '', body.private);
        return [201, this.repo(slug)];
      },
    ],
    [route('GET', '$'), ({ slug }) => [200, this.repo(slug)]],
    [
      route('GET', '/commits$'),
      ({ slug }, _body, query) => {
        const commits = listCommits(
          args => this.git(slug, args),
          query.get('sha')!,
        );
        return commits.length > 0 ? [200, commits] : NOT_FOUND;
      },
    ],
    [
      route('GET', '/branches$'),
      ({ slug }) => [
        200,
        this.git(slug, ['branch', '--format=%(refname:short)'])
          .split('\n')
          .map(name => ({ name })),
      ],
    ],
    [route('PUT', '/branches/[^/]+/protection$'), () => [200, {}]],
    [route('DELETE', '/branches/[^/]+/protection$'), () => [204, undefined]],
    [
      route('GET', '/contents/(?<file>.+)$'),
      ({ file }) => {
        const text = this.files.get(file);
        if (text !== undefined) return [200, text];
        const names = [...this.files.keys()]
          .filter(path => path.startsWith(`${file}/`))
          .map(path => path.slice(file.length + 1).split('/'))
          .map(([name, ...below]) => ({
            name,
            type: below.length > 0 ? 'dir' : 'file',
          }));
        return names.length > 0 ? [200, names] : NOT_FOUND;
      },
    ],
    [
      route('GET', '/pulls$'),
      ({ slug }, _body, query) => [
        200,
        this.pulls
          .filter(
            pull =>
              query.get('head') === null ||
              pull.head === query.get('head')?.split(':')[1],
          )
          .filter(
            pull =>
              query.get('state') === 'all' || pull.state === query.get('state'),
          )
          .map(pull => this.pull(slug, pull))
          .reverse(),
      ],
    ],
    [
      route('GET', '/pulls/(?<number>\\d+)$'),
      ({ slug, number }) => {
        const pull = this.pulls.find(one => String(one.number) === number);
        return pull ? [200, this.pull(slug, pull)] : NOT_FOUND;
      },
    ],
    [
      route('GET', '/actions/runs$'),
      ({ slug }, _body, query) => {
        const runs = this.runs
          .filter(run => run.head_sha === query.get('head_sha'))
          .map(run => this.run(slug, run))
          .reverse();
        return [200, { total_count: runs.length, workflow_runs: runs }];
      },
    ],
    [
      route('GET', '/actions/permissions$'),
      () => [200, { enabled: this.hasActions }],
    ],
    [
      route('GET', '/actions/workflows/[^/]+$'),
      () => (this.workflow ? [200, this.workflow] : NOT_FOUND),
    ],
    [
      route('GET', '/actions/workflows/[^/]+/runs$'),
      ({ slug }) => {
        const runs = this.runs.map(run => this.run(slug, run)).reverse();
        return this.workflow
          ? [200, { total_count: runs.length, workflow_runs: runs }]
          : NOT_FOUND;
      },
    ],
    [
      route('POST', '/actions/workflows/[^/]+/dispatches$'),
      ({ slug }, body) =>
        this.workflow ? this.dispatch(slug, body) : NOT_FOUND,
    ],
    [
      route('GET', '/actions/runs/(?<id>\\d+)$'),
      ({ slug, id }) => {
        const run = this.runs.find(one => String(one.id) === id);
        return run ? [200, this.run(slug, run)] : NOT_FOUND;
      },
    ],
    [
      route('GET', '/actions/runs/(?<id>\\d+)/jobs$'),
      ({ id }) => {
        const conclusion = this.runs.find(
          one => String(one.id) === id,
        )?.conclusion;
        const steps = [
          { name: 'Check out', conclusion: 'success' },
          { name: 'Edit the files', conclusion },
        ];
        return [200, { jobs: [{ name: 'request', conclusion, steps }] }];
      },
    ],
  ];

  private dispatch(slug: string, body: any): Answer {
    const { inputs } = body;
    const run: FakeRun = {
      id: (this.nextId += 1),
      display_title: `database ${inputs.request_id} ${inputs.task_id}`,
      status: 'queued',
      conclusion: null,
      inputs,
    };
    this.runs.push(run);
    this.onDispatch(run);
    const { html_url } = this.run(slug, run);
    return this.returnsRunDetails && body.return_run_details
      ? [200, { workflow_run_id: run.id, html_url }]
      : [204, undefined];
  }

  private run(slug: string, run: FakeRun) {
    return {
      ...run,
      html_url: `http://${this.host}/${slug}/actions/runs/${run.id}`,
    };
  }

  private pull(slug: string, pull: FakePull) {
    return {
      ...pull,
      head: { ref: pull.head },
      created_at: '2026-11-24T08:00:00Z',
      html_url: `http://${this.host}/${slug}/pull/${pull.number}`,
    };
  }

  private repo(slug: string) {
    const page = `http://${this.host}/${slug}`;
    return {
      ...this.repos.get(slug),
      html_url: page,
      clone_url: `${page}.git`,
      default_branch: 'main',
      created_at: '2026-11-24T08:00:00Z',
    };
  }
}
