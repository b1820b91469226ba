import { createSharedReads } from './sharedReads';

/** Reads that a test ends one by one. */
const start = (
  options: {
    maxWaiting?: number;
    maxKept?: number;
    admit?: () => boolean;
  } = {},
) => {
  const clock = { now: 0 };
  const running: Array<{ key: string; end(value: string): void }> = [];
  const begun: string[] = [];
  const reads = createSharedReads<string>({
    maxAgeMs: 10_000,
    concurrency: 2,
    maxWaiting: 10,
    maxKept: 100,
    now: () => clock.now,
    ...options,
  });
  const read = (key: string) =>
    reads(key, () => {
      begun.push(key);
      return new Promise(end => running.push({ key, end }));
    });
  const settle = () => new Promise(done => setImmediate(done));
  return { clock, begun, read, running, settle };
};

describe('shared reads', () => {
  it('runs a few at a time, and the others in their order', async () => {
    const { read, begun, running, settle } = start();
    const answers = ['a', 'b', 'c', 'd'].map(read);
    await settle();
    expect(begun).toEqual(['a', 'b']);
    running[0].end('1');
    await settle();
    expect(begun).toEqual(['a', 'b', 'c']);
    for (let ended = 1; ended < 4; ended += 1) {
      running[ended].end(String(ended + 1));
      await settle();
    }
    expect(await Promise.all(answers)).toEqual(['1', '2', '3', '4']);
  });

  it('does not repeat a read that lasts longer than its answer is kept', async () => {
    const { clock, read, begun, running, settle } = start();
    const first = read('a');
    await settle();
    clock.now = 60_000;
    const second = read('a');
    running[0].end('1');
    expect(await Promise.all([first, second])).toEqual(['1', '1']);
    expect(begun).toEqual(['a']);
  });

  it('rejects at once what would wait too long', async () => {
    const { read, settle } = start({ maxWaiting: 1 });
    for (const key of ['a', 'b', 'c']) void read(key);
    await settle();
    await expect(read('d')).rejects.toThrow('too many questions to GitHub');
  });

  it('starts no more than it may, and answers what it knows', async () => {
    const admitted = [true, false, true];
    const { read, begun, running, settle } = start({
      admit: () => admitted.shift() ?? false,
    });
    const first = read('a');
    await expect(read('b')).rejects.toThrow('too many questions to GitHub');
    await settle();
    running[0].end('1');
    expect(await Promise.all([first, read('a')])).toEqual(['1', '1']);
    void read('b');
    await settle();
    expect(begun).toEqual(['a', 'b']);
  });

  it('keeps a bounded number of answers', async () => {
    const { read, begun, running, settle } = start({ maxKept: 2 });
    for (const key of ['a', 'b', 'c']) {
      void read(key);
      await settle();
      running.at(-1)!.end(key);
      await settle();
    }
    void read('c');
    void read('a');
    await settle();
    expect(begun).toEqual(['a', 'b', 'c', 'a']);
  });
});
