import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RepoRef, RunRecord, RunStore } from '../../actions/types';
import { StateFile } from './stateFile';

/** Runs in the state file; the log of each job in a file of its own. */
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

  appendLog = async (
    runId: number,
    jobId: number,
    text: string,
  ): Promise<void> => {
    await mkdir(this.logFolder, { recursive: true });
    await appendFile(this.getLogFile(runId, jobId), text);
  };

  readLog = async (runId: number, jobId: number): Promise<string> => {
    try {
      return await readFile(this.getLogFile(runId, jobId), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    }
  };

  private getLogFile(runId: number, jobId: number): string {
    return join(this.logFolder, `${Number(runId)}-${Number(jobId)}.log`);
  }
}

/** Names on GitHub differ by more than case. */
export const isSameName = (a: string, b: string): boolean =>
  a.toLowerCase() === b.toLowerCase();
