import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunRecord } from '../actions/types';
import { Context } from './context';
import { BareRepo } from './git/bareRepo';

/** The logs of a run's jobs as GitHub packs them, one file each; git makes the archive. */
export const runLogsZip = async (
  context: Context,
  run: RunRecord,
): Promise<Buffer> => {
  const folder = await mkdtemp(join(tmpdir(), 'local-github-logs-'));
  try {
    const git = new BareRepo(join(folder, 'git'));
    await git.init('main');
    const files = [];
    for (const [index, job] of run.jobs.entries()) {
      const log = await context.runs.readLog(run.id, job.id);
      files.push({
        path: `${index}_${job.name.replace(/[^\w .()-]+/g, '_')}.txt`,
        mode: '100644',
        sha: await git.writeBlob(Buffer.from(log)),
      });
    }
    const tree = await git.writeTree(undefined, files);
    return await git.git(['archive', '--format=zip', tree]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
