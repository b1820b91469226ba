import { Activity } from './activity';
import { combineConclusions } from './decide/jobGraph';
import { composeCellName, expandMatrix } from './decide/matrix';
import { resolve, Template } from './decide/template';
import { RunnerSlots } from './runnerSlots';
import { JobCall, Outcome } from './runScope';

/** Runs a job once, or once for every cell of its matrix. `runCell` never rejects. */
export const runMatrix = async (
  call: JobCall,
  activity: Activity,
  runCell: (cell: JobCall) => Promise<Outcome>,
): Promise<Outcome> => {
  const { job, contexts } = call;
  if (job.strategy.matrix !== undefined)
    return activity.pause(
      runCells(call, job.strategy.matrix, cell =>
        activity.count(() => runCell(cell)),
      ),
    );
  const strategy = {
    'fail-fast': true,
    'job-index': 0,
    'job-total': 1,
    'max-parallel': 1,
  };
  return runCell({ ...call, contexts: { ...contexts, strategy } });
};

const runCells = async (
  { scope, job, contexts }: JobCall,
  matrix: Template,
  runCell: (cell: JobCall) => Promise<Outcome>,
): Promise<Outcome> => {
  const cells = expandMatrix(resolve(matrix, contexts));
  const failFast =
    resolve(job.strategy['fail-fast'] ?? true, contexts) === true;
  const parallel = Number(
    resolve(job.strategy['max-parallel'] ?? cells.length, contexts),
  );
  const failing = new AbortController();
  const slots = new RunnerSlots(Math.max(1, parallel));
  const inner = {
    ...scope,
    cancelled: AbortSignal.any([scope.cancelled, failing.signal]),
  };
  const outputs: Record<string, string> = {};
  const results = await Promise.all(
    cells.map((matrixCell, index) =>
      slots.use(async () => {
        const strategy = {
          'fail-fast': failFast,
          'job-index': index,
          'job-total': cells.length,
          'max-parallel': parallel,
        };
        const outcome = await runCell({
          scope: inner,
          job,
          contexts: { ...contexts, matrix: matrixCell, strategy },
          name:
            typeof job.name === 'string'
              ? job.name
              : composeCellName(job.id, matrixCell),
          cell: index,
        });
        if (outcome.result === 'failure' && failFast) failing.abort();
        for (const [key, value] of Object.entries(outcome.outputs))
          if (value !== '') outputs[key] = value;
        return outcome.result;
      }),
    ),
  );
  return { result: combineConclusions(results), outputs };
};
