import { Request } from 'express';
import { Actor, Context } from '../context';
import { composeLinkHeader, Page, readPage, slice } from '../decide/pages';
import { createNotFound } from '../errors';
import { BareRepo } from '../git/bareRepo';
import { Repository } from '../state/model';

/** What an operation answers: JSON, bytes of another type, or nothing but a status. */
export interface Answer {
  status: number;
  body?: unknown;
  /** Set where `body` is text or bytes of this media type. */
  type?: string;
  headers?: Record<string, string>;
}

/** One request for an operation of the REST API. */
export class Call {
  constructor(
    readonly context: Context,
    readonly actor: Actor,
    /** By the names of the path template. */
    readonly params: Record<string, string>,
    private readonly request: Request,
    private readonly found: Repository | undefined,
  ) {}

  /** The repository of the path. */
  get repo(): Repository {
    if (!this.found) throw createNotFound();
    return this.found;
  }

  get git(): BareRepo {
    return this.context.openRepository(this.repo);
  }

  get query(): Record<string, string | undefined> {
    return Object.fromEntries(
      Object.entries(this.request.query).map(([key, value]) => [
        key,
        typeof value === 'string' ? value : undefined,
      ]),
    );
  }

  /** The body, which the API's description has been applied to. */
  readBody<T>(): T {
    return (this.request.body ?? {}) as T;
  }

  /** Whether the `Accept` header asks for a media type of GitHub's, `raw` for `application/vnd.github.v3.raw`. */
  wants(kind: string): boolean {
    const accept = this.request.headers.accept ?? '';
    return new RegExp(
      `application/vnd\\.github\\.(?:v3\\.|[a-z-]+-preview\\.)?${kind}(?:\\+json)?(?:$|[,;\\s])`,
    ).test(accept);
  }

  /** As `X-GitHub-Api-Version` says. */
  get apiVersion(): string | undefined {
    const version = this.request.headers['x-github-api-version'];
    return typeof version === 'string' ? version : undefined;
  }

  get page(): Page {
    return readPage(this.request.query);
  }

  /** One page of a list, with links to the others. */
  answerPage<T>(
    all: T[],
    present: (items: T[]) => unknown = items => items,
  ): Answer {
    const items = slice(all, this.page);
    const presented = present(items);
    const ready = (body: unknown): Answer => ({
      status: 200,
      body,
      headers: this.composeLinks(all.length),
    });
    return ready(presented);
  }

  composeLinks(total: number): Record<string, string> {
    const url = new URL(this.request.originalUrl, this.context.urls.server);
    const link = composeLinkHeader(url.toString(), this.page, total);
    return link ? { Link: link } : {};
  }
}

export type Handler = (call: Call) => Answer | Promise<Answer>;
/** Handlers by `METHOD /path/{template}` as the API's description names them. */
export type Operations = Record<string, Handler>;

export const answerOk = (body: unknown): Answer => ({ status: 200, body });
export const answerCreated = (body: unknown): Answer => ({ status: 201, body });
export const answerNoContent = (): Answer => ({ status: 204 });
export const answerRedirect = (url: string): Answer => ({
  status: 302,
  headers: { Location: url },
});
