import { join } from 'node:path';
import { Permissions } from '../actions/decide/permissions';
import { ActionsService, RepoRef, RunStore } from '../actions/types';
import { isRepositoryName } from './decide/names';
import { BareRepo } from './git/bareRepo';
import { createNotFound } from './errors';
import { Account, Repository } from './state/model';
import { isSameName } from './state/runStore';
import { StateFile } from './state/stateFile';
import { Urls } from './urls';

/**
 * `run`: with the run where it is asked for, as github.com does since 2026-02. `empty`: with 204 whatever is asked for, as
 * before. `field-unknown`: 400 where it is asked for, as GitHub Enterprise Server up to 3.20.
 */
export type DispatchAnswers = 'run' | 'empty' | 'field-unknown';

/** Who calls. */
export interface Actor {
  login: string;
  /** Set where a workflow run calls with its own GITHUB_TOKEN: that starts no other workflows. */
  runId?: number;
  /** What a job's token may do in its own repository, and an app's in all. */
  permissions?: Permissions;
  /** Set where a GitHub App calls: what it does starts workflows as what people do. */
  appId?: number;
  /** The app itself, with a JSON web token: all that it may do is to ask for tokens. */
  isApp?: boolean;
  /** The app's token. */
  token?: string;
}

/** What every part of the local GitHub works with. */
export class Context {
  private readonly queues = new Map<number, Promise<unknown>>();
  /** The Actions service needs this GitHub to be made first; set before anything is served. */
  actions!: ActionsService;
  /** Tokens of jobs that are under way. */
  readonly jobTokens = new Map<
    string,
    { runId: number; permissions: Permissions }
  >();
  /** Logins by the personal tokens that stand for them. */
  readonly userTokens = new Map<string, string>();
  /** Tokens that were valid once. */
  readonly revokedTokens = new Set<string>();
  /** How dispatches are answered. */
  dispatchAnswers: DispatchAnswers = 'run';
  /** Of GitHub Enterprise Server, such as `3.19.4`; undefined is github.com. */
  serverVersion: string | undefined;
  /** Tokens of GitHub Apps, with the time in ms when they end. */
  readonly appTokens = new Map<
    string,
    { appId: number; expiresAt: number; permissions: Permissions }
  >();
  /** Commits of test merges (null: conflict) by repository, base and head. */
  readonly testMerges = new Map<string, Promise<string | null>>();

  constructor(
    readonly file: StateFile,
    readonly runs: RunStore,
    readonly urls: Urls,
    private readonly gitRoot: string,
    /** The token of `backstage`; undefined where every token is. */
    readonly token?: string,
  ) {}

  get state() {
    return this.file.state;
  }

  /** ISO 8601 in UTC, whole seconds. */
  now(): string {
    return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  }

  gitDir({ owner, name }: RepoRef): string {
    const known = this.findRepository(owner, name);
    // An unknown name may be anything, `..` too.
    if (!known) throw createNotFound();
    return join(this.gitRoot, known.owner, `${known.name}.git`);
  }

  openRepository(repo: RepoRef): BareRepo {
    return new BareRepo(this.gitDir(repo));
  }

  findRepository(owner: string, name: string): Repository | undefined {
    if (!isRepositoryName(name)) return undefined;
    return this.state.repositories.find(
      repo => isSameName(repo.owner, owner) && isSameName(repo.name, name),
    );
  }

  /** @throws GitHubError 404 */
  getRepository(owner: string, name: string): Repository {
    const found = this.findRepository(owner, name);
    if (!found) throw createNotFound();
    return found;
  }

  findAccount(login: string): Account | undefined {
    return this.state.accounts.find(account =>
      isSameName(account.login, login),
    );
  }

  /** The account of a login that something recorded carries; made where it is new, for instance a bot's. */
  keepAccount(login: string): Account {
    const known = this.findAccount(login);
    if (known) return known;
    const account: Account = {
      id: this.file.takeId(),
      login,
      type: login.endsWith('[bot]') ? 'Bot' : 'User',
      createdAt: this.now(),
    };
    this.state.accounts.push(account);
    return account;
  }

  /** One change of a repository after the other: what was read stays true until it is acted on. */
  async runExclusively<T>(
    repo: Repository,
    work: () => Promise<T>,
  ): Promise<T> {
    const before = this.queues.get(repo.id) ?? Promise.resolve();
    const result = before.then(work);
    const settled = result.catch(() => undefined);
    this.queues.set(repo.id, settled);
    void settled.then(() => {
      if (this.queues.get(repo.id) === settled) this.queues.delete(repo.id);
    });
    return result;
  }
}
