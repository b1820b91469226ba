import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RepoRef, RunRecord, RunStore } from '../../actions/types';
import { StateFile } from './stateFile';

/** Runs in the state file; log and summary of each job in files of their own. */
export class FileRunStore implements RunStore {
  constructor(
    private readonly file: StateFile,
    private readonly logFolder: string,
  ) {}

  takeRunId = () => ++this.file.state.lastRunId;
  takeJobId = () => ++this.file.state.lastJobId;

  save = async (run: RunRecord): Promise<void> => {
    const { runs } = this.file.state;
    const index = runs.findIndex(known => known.id === run.id);
    if (index < 0) runs.push(run);
    else runs[index] = run;
    await this.file.save();
  };

  get = (id: number) => this.file.state.runs.find(run => run.id === id);

  list = (repo: RepoRef) =>
    this.file.state.runs.filter(
      run =>
        isSameName(run.repo.owner, repo.owner) &&
        isSameName(run.repo.name, repo.name),
    );

  appendLog = (runId: number, jobId: number, text: string) =>
    this.append(this.pathOf(runId, jobId, 'log'), text);

  readLog = (runId: number, jobId: number) =>
    readIfThere(this.pathOf(runId, jobId, 'log'));

  appendSummary = (runId: number, jobId: number, text: string) =>
    this.append(this.pathOf(runId, jobId, 'md'), text);

  readSummary = (runId: number, jobId: number) =>
    readIfThere(this.pathOf(runId, jobId, 'md'));

  private async append(path: string, text: string): Promise<void> {
    await mkdir(this.logFolder, { recursive: true });
    await appendFile(path, text);
  }

  private pathOf(runId: number, jobId: number, kind: 'log' | 'md'): string {
    return join(this.logFolder, `${Number(runId)}-${Number(jobId)}.${kind}`);
  }
}

const readIfThere = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
};

/** Names on GitHub differ by more than case. */
export const isSameName = (a: string, b: string): boolean =>
  a.toLowerCase() === b.toLowerCase();
