import { errorOf, PATH } from '../testing/tfvarsFile';
import { readRdsConfigEnabled } from './rdsConfig';

describe('readRdsConfigEnabled', () => {
  it.each([
    { text: 'rds_config = { enabled = true, size = "x" }\n', enabled: true },
    { text: 'rds_config = { "enabled" : "true" }\n', enabled: true },
    { text: 'rds_config = { enabled = false }\n', enabled: false },
    { text: 'rds_config = {}\n', enabled: false },
    { text: 'rds_config = null\n', enabled: false },
    { text: '# rds_config = { enabled = true }\n', enabled: false },
    { text: 'other = { rds_config = { enabled = true } }\n', enabled: false },
  ])('$text is $enabled', async ({ text, enabled }) => {
    expect(await readRdsConfigEnabled(text, PATH)).toBe(enabled);
  });

  it.each([
    'rds_config = { enabled = var.x }\n',
    'rds_config {\n enabled = true\n}\n',
    'rds_config = true\n',
  ])('rejects %j, which is not a literal', async text => {
    expect(await errorOf(readRdsConfigEnabled(text, PATH))).toMatchObject({
      name: 'InputError',
      message: expect.stringContaining(
        `${PATH}: rds_config.enabled is not a literal`,
      ),
    });
  });
});
