import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from './context';

/** How often many logins ask the resolver. */
export const testAddresses = ({ instance, on, itRuns }: Context) => {
  itRuns.once(
    'uses an address again for a second, and asks for another when nothing answers there',
    async () => {
      const lookups: string[] = [];
      const observer = new PerformanceObserver(list =>
        list
          .getEntries()
          .filter(({ name }) => name === 'lookup')
          .forEach(({ name }) => lookups.push(name)),
      );
      observer.observe({ entryTypes: ['dns'] });
      /** How often the work asks the resolver. */
      const count = async (work: () => Promise<unknown>) => {
        const before = lookups.length;
        await work();
        await sleep(20);
        return lookups.length - before;
      };
      const { connections, openSession: open } = on();
      const login = async () => (await open('resolver')).close();
      try {
        expect(await count(login)).toBe(1);
        const again = async () => {
          await login();
          return count(() => Promise.all([login(), login(), login()]));
        };
        // A login may take a second on a busy machine.
        let asked = await again();
        for (let more = 0; asked > 0 && more < 20; more += 1)
          asked = await again();
        expect(asked).toBe(0);
        const refused = await count(() =>
          expect(
            connections({
              host: instance().host,
              port: 1,
              database: 'postgres',
              username: 'nobody',
              password: 'any',
              applicationName: 'resolver',
              settings: 'own',
            }),
          ).rejects.toThrow('connection refused'),
        );
        expect(refused).toBe(1);
      } finally {
        observer.disconnect();
      }
    },
  );
};
