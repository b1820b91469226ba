import { existsSync } from 'node:fs';
import { LRUCache } from 'lru-cache';
import { BareGit } from './bareGit';
import {
  parseWorkflowFile,
  Workflow,
  WorkflowCall,
  WorkflowParse,
} from './decide/workflowFile';
import { RepoRef } from './types';

const FOLDER = '.github/workflows';

/** A commit of a repository. */
export interface Source {
  repo: RepoRef;
  sha: string;
}

/** Reads workflow files out of bare repositories. */
export class WorkflowFiles {
  /** Every event looks at every file, and hardly any has changed since the last. */
  private readonly parsed = new LRUCache<string, Promise<WorkflowParse>>({
    max: 200,
  });

  constructor(private readonly gitDir: (repo: RepoRef) => string) {}

  openRepository(repo: RepoRef): BareGit {
    return new BareGit(this.gitDir(repo));
  }

  /** Every workflow file of a commit, checked. */
  async readAll({
    repo,
    sha,
  }: Source): Promise<Array<{ path: string; parse: WorkflowParse }>> {
    const paths = (await this.openRepository(repo).list(sha, FOLDER)).filter(
      path => /\.ya?ml$/.test(path),
    );
    return Promise.all(
      paths.map(async path => ({
        path,
        parse: await this.parse({ repo, sha }, path),
      })),
    );
  }

  /** One workflow file of a commit, checked. */
  async parse({ repo, sha }: Source, path: string): Promise<WorkflowParse> {
    const text = await this.openRepository(repo).read(sha, path);
    if (text === undefined) return { errors: [`${path}: not found at ${sha}`] };
    const key = `${path}\0${text}`;
    const parse = this.parsed.get(key) ?? parseWorkflowFile(text, path);
    this.parsed.set(key, parse);
    return parse;
  }

  /**
   * What a job's `uses:` names: `./.github/workflows/x.yml` of the same commit, or `owner/repo/.github/workflows/x.yml@ref`.
   * @throws Error where it isn't there, can't be called, or has errors; all of them in the message
   */
  async readCalled(
    uses: string,
    caller: Source,
  ): Promise<{ workflow: Workflow; call: WorkflowCall; source: Source }> {
    const source = await this.findSource(uses, caller);
    const path = uses.startsWith('./')
      ? uses.slice(2)
      : uses.split('@')[0].split('/').slice(2).join('/');
    const parse = source && (await this.parse(source, path));
    if (!parse)
      throw new Error(
        `error parsing called workflow "${uses}": workflow was not found.`,
      );
    if ('errors' in parse) {
      throw new Error(
        `error parsing called workflow "${uses}": ${parse.errors.join('; ')}`,
      );
    }
    if (!parse.workflow.call) {
      throw new Error(
        `error parsing called workflow "${uses}": workflow is not reusable as it is missing a \`on.workflow_call\` trigger`,
      );
    }
    return { workflow: parse.workflow, call: parse.workflow.call, source };
  }

  private async findSource(
    uses: string,
    caller: Source,
  ): Promise<Source | undefined> {
    if (uses.startsWith('./')) return caller;
    const match = /^([^/@]+)\/([^/@]+)\/[^@]+@(.+)$/.exec(uses);
    if (!match) return undefined;
    const [, owner, name, ref] = match;
    const repo = { owner, name };
    if (!existsSync(this.gitDir(repo))) return undefined;
    const sha = await this.openRepository(repo).resolve(ref);
    return sha === undefined ? undefined : { repo, sha };
  }
}
