import { RunRecord } from '../../actions/types';
import { filterRuns } from './runFilter';

const run = (id: number, change: Partial<RunRecord>): RunRecord => ({
  id,
  runNumber: id,
  repo: { owner: 'acme', name: 'app' },
  workflowPath: '.github/workflows/a.yml',
  workflowName: 'a',
  displayTitle: 'a',
  event: 'push',
  headBranch: 'main',
  headSha: 'a'.repeat(40),
  actor: 'jane',
  status: 'completed',
  conclusion: 'success',
  createdAt: '2026-11-24T10:00:00.500Z',
  updatedAt: '2026-11-24T10:00:01.000Z',
  jobs: [],
  ...change,
});
const RUNS = [
  run(1, {}),
  run(2, { event: 'workflow_dispatch', headBranch: 'x', actor: 'bot' }),
  run(3, { conclusion: 'failure', createdAt: '2026-11-25T00:00:00.000Z' }),
  run(4, {
    status: 'in_progress',
    conclusion: undefined,
    headSha: 'b'.repeat(40),
    createdAt: '2026-11-23T23:59:59.999Z',
  }),
];

describe('filterRuns', () => {
  it.each([
    { query: {}, ids: [4, 3, 2, 1], reason: 'newest first' },
    { query: { event: 'workflow_dispatch' }, ids: [2], reason: 'by event' },
    { query: { branch: 'x' }, ids: [2], reason: 'by branch' },
    { query: { actor: 'bot' }, ids: [2], reason: 'by actor' },
    { query: { head_sha: 'b'.repeat(40) }, ids: [4], reason: 'by commit' },
    { query: { status: 'in_progress' }, ids: [4], reason: 'by status' },
    {
      query: { status: 'failure' },
      ids: [3],
      reason: 'status may be a conclusion',
    },
    { query: { created: '2026-11-24' }, ids: [2, 1], reason: 'a day, whole' },
    { query: { created: '>2026-11-24' }, ids: [3], reason: 'after a day' },
    {
      query: { created: '>=2026-11-24T10:00:00Z' },
      ids: [3, 2, 1],
      reason: 'fractions of a second that GitHub does not show',
    },
    { query: { created: '<2026-11-24' }, ids: [4], reason: 'before a day' },
    {
      query: { created: '<=2026-11-24' },
      ids: [4, 2, 1],
      reason: 'until the end of a day',
    },
    {
      query: { created: '2026-11-24..2026-11-25' },
      ids: [3, 2, 1],
      reason: 'a range',
    },
    { query: { created: '*..2026-11-23' }, ids: [4], reason: 'an open range' },
    {
      query: { created: '2026-11-25..*' },
      ids: [3],
      reason: 'a range open at its end',
    },
    {
      query: { event: 'push', branch: 'main', status: 'success' },
      ids: [1],
      reason: 'all at once',
    },
  ])('$reason', ({ query, ids }) => {
    expect(filterRuns(RUNS, query).map(({ id }) => id)).toEqual(ids);
  });
});
