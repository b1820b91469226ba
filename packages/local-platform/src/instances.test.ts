import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertOnePerEnvironment } from './instances';

describe('assertOnePerEnvironment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'golden-path-instances-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    { reason: 'no state', has: [] },
    { reason: 'a start that ended early', has: ['postgres', 'postgres-prod'] },
    { reason: 'state of today', has: ['postgres', 'postgres-cas.pem'] },
    { reason: 'state of one instance', has: ['postgres'], refused: true },
    {
      reason: 'one environment',
      has: ['postgres'],
      environments: ['dev'],
    },
  ])(
    '$reason: refused $refused',
    ({ has, refused = false, environments = ['dev', 'prod'] }) => {
      const stateDir = mkdtempSync(join(folder, 'state-'));
      for (const name of has) mkdirSync(join(stateDir, name));
      const check = () => assertOnePerEnvironment(stateDir, environments);
      if (refused) expect(check).toThrow('Delete the folder');
      else expect(check).not.toThrow();
    },
  );
});
