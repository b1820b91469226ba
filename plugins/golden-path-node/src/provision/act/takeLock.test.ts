import { joinWork } from './takeLock';

describe('joinWork', () => {
  it('closes the session when it fails', async () => {
    let open = 1;
    const session = {
      announcedPid: 1,
      lost: new AbortController().signal,
      queryAll: async () => [],
      query: () => Promise.reject(new Error('no')),
      close: async () => {
        open -= 1;
      },
    };
    await expect(joinWork(session)).rejects.toThrow('no');
    expect(open).toBe(0);
  });
});
