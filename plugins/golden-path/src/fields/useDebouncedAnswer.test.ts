/** @jest-environment ./tests/support/jsdomEnvironment.js */
import { act, renderHook } from '@testing-library/react';
import { PATIENCE, PAUSE, useDebouncedAnswer } from './useDebouncedAnswer';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A backend whose answers the test gives. */
const startAsking = (first: string | undefined) => {
  const asked: Array<{
    question: string | undefined;
    signal: AbortSignal;
    answer: (text: string) => Promise<void>;
    fail: () => Promise<void>;
  }> = [];
  const hook = renderHook(
    ({ question }: { question: string | undefined }) =>
      useDebouncedAnswer(
        question,
        signal =>
          new Promise<string>((resolve, reject) => {
            asked.push({
              question,
              signal,
              answer: text => act(async () => resolve(text)),
              fail: () => act(async () => reject(new Error('no'))),
            });
          }),
      ),
    { initialProps: { question: first } },
  );
  return {
    asked,
    shown: () => hook.result.current,
    change: (question: string | undefined) => hook.rerender({ question }),
    pass: (time: number) => act(async () => jest.advanceTimersByTime(time)),
    leave: hook.unmount,
  };
};

describe('a question that is asked after a pause', () => {
  it('is asked once, about the last value', async () => {
    const { asked, change, pass, shown } = startAsking('u');
    for (const question of ['us', 'use', 'user']) {
      await pass(PAUSE - 1);
      change(question);
    }
    expect(asked).toEqual([]);
    await pass(PAUSE);
    expect(asked.map(({ question }) => question)).toEqual(['user']);
    expect(shown()).toEqual({ phase: 'asking' });
    await asked[0].answer('free');
    expect(shown()).toEqual({ phase: 'answered', answer: 'free' });
  });

  it('is cancelled by a newer one, and its late answer is never shown', async () => {
    const { asked, change, pass, shown } = startAsking('user');
    await pass(PAUSE);
    change('users');
    expect(asked[0].signal.aborted).toBe(true);
    expect(shown()).toEqual({ phase: 'waiting' });
    await pass(PAUSE);
    await asked[0].answer('taken');
    expect(shown()).toEqual({ phase: 'asking' });
    await asked[1].answer('free');
    expect(shown()).toEqual({ phase: 'answered', answer: 'free' });
  });

  it("isn't shown for a value that came back with another question", async () => {
    const { asked, change, pass, shown } = startAsking('user');
    await pass(PAUSE);
    await asked[0].answer('free');
    change('users');
    expect(shown()).toEqual({ phase: 'waiting' });
  });

  it('fails, and says so', async () => {
    const { asked, pass, shown } = startAsking('user');
    await pass(PAUSE);
    await asked[0].fail();
    expect(shown()).toEqual({ phase: 'failed' });
  });

  it('is given up when nothing comes', async () => {
    const { asked, pass, shown } = startAsking('user');
    await pass(PAUSE);
    await pass(PATIENCE - 1);
    expect(shown()).toEqual({ phase: 'asking' });
    await pass(1);
    expect(shown()).toEqual({ phase: 'failed' });
    expect(asked[0].signal.aborted).toBe(true);
    await asked[0].answer('free');
    expect(shown()).toEqual({ phase: 'failed' });
  });

  it('asks nothing without a question, or after the form is left', async () => {
    const { asked, change, pass, leave } = startAsking(undefined);
    await pass(PAUSE);
    change('user');
    leave();
    await pass(PAUSE);
    expect(asked).toEqual([]);
  });
});
