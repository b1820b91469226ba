import { closeInterruptedRun } from './closeInterruptedRun';
import { RunRecord } from '../types';

const NOW = '2026-11-24T00:00:00.000Z';
const run = (change: Partial<RunRecord>) =>
  ({
    id: 1,
    status: 'in_progress',
    jobs: [],
    ...change,
  } as unknown as RunRecord);

describe('closeInterruptedRun', () => {
  it('closes what was open and keeps what had ended', () => {
    const closed = closeInterruptedRun(
      run({
        jobs: [
          {
            id: 1,
            name: 'a',
            status: 'completed',
            conclusion: 'success',
            steps: [],
          },
          {
            id: 2,
            name: 'b',
            status: 'in_progress',
            steps: [
              {
                name: 'one',
                number: 1,
                status: 'completed',
                conclusion: 'failure',
              },
              { name: 'two', number: 2, status: 'in_progress' },
              { name: 'three', number: 3, status: 'queued' },
            ],
          },
        ],
      }),
      NOW,
    );
    expect(closed).toMatchObject({
      status: 'completed',
      conclusion: 'cancelled',
      updatedAt: NOW,
      jobs: [
        { conclusion: 'success' },
        {
          status: 'completed',
          conclusion: 'cancelled',
          completedAt: NOW,
          steps: [
            { conclusion: 'failure' },
            { conclusion: 'cancelled' },
            { conclusion: 'skipped' },
          ],
        },
      ],
    });
  });

  it('leaves a run alone that has ended', () => {
    const ended = run({ status: 'completed', conclusion: 'success' });
    expect(closeInterruptedRun(ended, NOW)).toBe(ended);
  });
});
