import { entry, environmentOn, Instance } from '../instance';
import { tell } from '../tell';

const RULE = /host name or an address, without a port/;

interface HostCase {
  source: string;
  input: string;
  host(instance: Instance): string;
  /** What must be told; undefined: the run works. */
  words?: RegExp;
}

/** Row 7: what people write for a host in the master's secret. */
const HOSTS: HostCase[] = [
  {
    source: 'terraform #4996',
    input: 'host:port',
    host: ({ port }) => `localhost:${port}`,
    words: RULE,
  },
  {
    source: 'kind',
    input: 'a URL',
    host: ({ port }) => `postgres://localhost:${port}/postgres`,
    words: RULE,
  },
  {
    source: 'kind',
    input: 'an address with port',
    host: () => '127.0.0.1:5432',
    words: RULE,
  },
  {
    source: 'kind',
    input: 'a line break',
    host: () => 'localhost\n',
    words: RULE,
  },
  {
    source: 'kind',
    input: 'an IPv6 address in brackets',
    host: () => '[::1]',
    words: RULE,
  },
  {
    source: 'kind',
    input: 'several hosts',
    host: () => 'a.example.com,b.example.com',
    words: RULE,
  },
  {
    source: 'kind',
    input: 'a folder of sockets',
    host: () => '/var/run/postgresql',
    words: RULE,
  },
  { source: 'kind', input: 'capitals', host: () => 'LOCALHOST' },
];

/** Each of them, told in words of our own and without an attempt to connect. */
export const testHosts = (instance: () => Instance) => {
  it.each(HOSTS)(
    "tells row 7, $source: $input in the master's secret",
    async ({ host, words }) => {
      const env = environmentOn(instance(), instance().master);
      const app = entry('hosts');
      env.putFor(app, 'the right one');
      env.put('goldenpath/dev/rds/master', {
        ...instance().master,
        host: host(instance()),
        port: instance().port,
      });
      for (const mode of ['check', 'apply'] as const) {
        const told = await tell(env, [app], { mode });
        if (words) {
          expect(told).toMatchObject({
            exit: 1,
            error: expect.stringMatching(words),
          });
          expect(told.error).toContain('goldenpath/dev/rds/master');
          expect(told.error).not.toMatch(/ENOTFOUND|resolve|undefined/);
        } else expect(told.error).toBe('');
      }
    },
  );
};
