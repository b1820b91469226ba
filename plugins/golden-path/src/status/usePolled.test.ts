/** @jest-environment ./tests/support/jsdomEnvironment.js */
import { act, fireEvent, renderHook } from '@testing-library/react';
import { LONGEST_PAUSE_MS, POLL_INTERVAL_MS, usePolled } from './usePolled';

beforeEach(() => jest.useFakeTimers());
afterEach(() => {
  jest.useRealTimers();
  setHidden(false);
});

const setHidden = (hidden: boolean) => {
  Object.defineProperty(document, 'hidden', {
    value: hidden,
    configurable: true,
  });
  fireEvent(document, new Event('visibilitychange'));
};
const pass = (ms: number) => act(() => jest.advanceTimersByTimeAsync(ms));
const failure = new Error('The backend is starting.');
const refusal = Object.assign(new Error('not yours'), { statusCode: 403 });

/** A backend that gives these answers in turn, and the last one for ever. "end" is a value that moves no more. */
const startPolling = async (answers: Array<string | Error>) => {
  const asked: number[] = [];
  const began = Date.now();
  const load = async () => {
    asked.push((Date.now() - began) / POLL_INTERVAL_MS);
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const { result } = renderHook(() =>
    usePolled(load, value => value !== 'end'),
  );
  await pass(0);
  return { asked, polled: () => result.current };
};

describe('a polled value', () => {
  it.each<{
    reason: string;
    answers: Array<string | Error>;
    /** In intervals since the first question. */
    asked: number[];
    shows: { value?: string; error?: Error };
  }>([
    {
      reason: 'asks often until the value moves no more, and then every minute',
      answers: ['a', 'b', 'end'],
      asked: [0, 1, 2, 8, 14, 20, 26],
      shows: { value: 'end' },
    },
    {
      reason: 'goes on after one failed question',
      answers: ['a', failure, 'end'],
      asked: [0, 1, 2, 8, 14, 20, 26],
      shows: { value: 'end' },
    },
    {
      reason: 'goes on if the first question fails, when nothing is shown yet',
      answers: [failure, 'end'],
      asked: [0, 1, 7, 13, 19, 25],
      shows: { value: 'end' },
    },
    {
      reason: 'waits ever longer between failures, at most a minute',
      answers: ['a', failure],
      asked: [0, 1, 2, 4, 8, 14, 20, 26],
      shows: { value: 'a', error: failure },
    },
    {
      reason: 'begins again with the short pause after an answer',
      answers: [failure, failure, 'a', failure, 'end'],
      asked: [0, 1, 3, 4, 5, 11, 17, 23, 29],
      shows: { value: 'end' },
    },
    {
      reason: 'stops at a refusal',
      answers: ['a', refusal],
      asked: [0, 1],
      shows: { value: 'a', error: refusal },
    },
  ])('$reason', async ({ answers, asked: expected, shows }) => {
    const { asked, polled } = await startPolling(answers);
    await pass(5 * LONGEST_PAUSE_MS - 1);
    expect(asked).toEqual(expected);
    const { value, error } = polled();
    expect({ value, error }).toEqual({ error: undefined, ...shows });
  });

  it('asks nothing while nobody sees the tab, and at once after, also after an error', async () => {
    const { asked } = await startPolling([failure, 'a', 'end']);
    setHidden(true);
    await pass(20 * POLL_INTERVAL_MS);
    expect(asked).toEqual([0]);
    setHidden(false);
    await pass(0);
    expect(asked).toEqual([0, 20]);
    await pass(POLL_INTERVAL_MS);
    expect(asked).toEqual([0, 20, 21]);
  });
});
