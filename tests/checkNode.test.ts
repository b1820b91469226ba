import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';

const script = readFileSync(
  join(__dirname, '../scripts/check-node.js'),
  'utf8',
);

/** Runs the check as if this were another Node. */
const checkAs = (version: string) => {
  const said: string[] = [];
  let code = 0;
  runInNewContext(script, {
    process: {
      versions: { node: version },
      exit: (chosen: number) => {
        code = chosen;
      },
    },
    console: { error: (line: string) => said.push(line) },
  });
  return { code, said };
};

describe('the Node that make finds', () => {
  it.each(['20.19.0', '20.20.2', '22.12.0', '24.0.0'])(
    '%s will do',
    version => {
      expect(checkAs(version)).toEqual({ code: 0, said: [] });
    },
  );

  it.each(['0.10.48', '18.20.4', '20.18.3'])(
    '%s gets one clear line',
    version => {
      const { code, said } = checkAs(version);
      expect(code).toBe(1);
      expect(said).toEqual([
        expect.stringContaining(
          `Node ${version} is too old: install Node 20.19 or newer`,
        ),
      ]);
    },
  );
});
