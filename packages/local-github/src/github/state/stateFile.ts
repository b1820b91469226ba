import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GitHubState } from './model';

/** The state in memory and its file, which is never seen half written. */
export class StateFile {
  readonly state: GitHubState;
  private writing: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;

  /** @throws Error that names the file where it can't be read as state */
  constructor(private readonly path: string) {
    this.state = read(path) ?? createEmptyState();
  }

  /** An id that nothing else has. */
  takeId(): number {
    return ++this.state.lastId;
  }

  /** Resolves once everything that has been changed until now is on disk. Calls that meet are answered by one write. */
  save(): Promise<void> {
    this.next ??= this.writing
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        this.writing = this.write();
        return this.writing;
      });
    return this.next;
  }

  private async write(): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    const temporary = `${this.path}.new`;
    // Secrets of repositories are in it.
    await writeFile(temporary, JSON.stringify(this.state), { mode: 0o600 });
    await rename(temporary, this.path);
  }
}

const createEmptyState = (): GitHubState => ({
  version: 1,
  lastId: 0,
  lastRunId: 0,
  lastJobId: 0,
  accounts: [],
  teams: [],
  repositories: [],
  runs: [],
});

const read = (path: string): GitHubState | undefined => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const state = JSON.parse(text) as GitHubState;
    if (state.version === 1) return state;
  } catch (error) {
    throw new Error(`${path} is not JSON; move it away to start afresh.`, {
      cause: error,
    });
  }
  throw new Error(
    `${path} was written by another version; move it away to start afresh.`,
  );
};
