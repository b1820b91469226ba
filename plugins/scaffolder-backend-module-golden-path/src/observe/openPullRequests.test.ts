import { metrics } from '@opentelemetry/api';
import { collectMetrics } from '../testing/collectMetrics';
import { observeOpenPullRequests, OpenPullRequest } from './openPullRequests';

const MINUTE = 60_000;

describe('observeOpenPullRequests', () => {
  let collect: ReturnType<typeof collectMetrics>;
  let asked: number;
  let now: number;
  let pulls: OpenPullRequest[] | Error;
  let warnings: string[];

  beforeEach(() => {
    collect = collectMetrics();
    asked = 0;
    now = 1_000 * MINUTE;
    warnings = [];
    pulls = [];
    observeOpenPullRequests({
      meter: metrics.getMeter('test'),
      environments: ['dev', 'prod'],
      list: async () => {
        asked += 1;
        if (pulls instanceof Error) throw pulls;
        return pulls;
      },
      warn: message => warnings.push(message),
      now: () => now,
    });
  });
  const pull = (branch: string, minutes: number): OpenPullRequest => ({
    branch,
    createdAt: new Date(now - minutes * MINUTE),
  });
  const settle = async () => {
    await collect();
    return collect();
  };

  it('never asks GitHub when nobody collects', () => {
    expect(asked).toBe(0);
  });

  it('counts the requests of each environment and tells the age of the oldest', async () => {
    pulls = [
      pull('database/dev/users_db', 3),
      pull('database/dev/orders', 60),
      pull('database/audit/dev', 500),
      pull('feature/dev/users_db', 500),
    ];
    expect(await settle()).toEqual([
      'goldenpath_request_waiting{goldenpath_environment="dev"} 2',
      'goldenpath_request_waiting{goldenpath_environment="prod"} 0',
      'goldenpath_request_waiting_age{goldenpath_environment="dev"} 3600',
      'goldenpath_request_waiting_age{goldenpath_environment="prod"} 0',
    ]);
  });

  it('asks GitHub once in five minutes, however often it is collected', async () => {
    for (let time = 0; time < 20; time++) await collect();
    expect(asked).toBe(1);
    now += 5 * MINUTE;
    await collect();
    expect(asked).toBe(2);
  });

  it('keeps what it knows while GitHub fails, and says so', async () => {
    pulls = [pull('database/dev/users_db', 3)];
    await settle();
    pulls = new Error('502');
    now += 5 * MINUTE;
    expect(await settle()).toContain(
      'goldenpath_request_waiting_age{goldenpath_environment="dev"} 480',
    );
    expect(warnings).toEqual([
      "Can't list the open pull requests for metrics, trying again in 5 minutes: 502",
    ]);
    pulls = [];
    now += 5 * MINUTE;
    expect(await settle()).toContain(
      'goldenpath_request_waiting{goldenpath_environment="dev"} 0',
    );
  });
});
