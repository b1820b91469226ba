import { errorOf, PATH } from '../testing/tfvarsFile';
import { isRdsConfigEnabled } from './rdsConfig';
import { findVariableStart, parseVariableFile } from './terraformVariables';

const readRdsConfigEnabled = async (text: string) => {
  const file = { path: PATH, text: `# why\n${text}` };
  const { rds_config: value } = await parseVariableFile(file);
  const offset = await findVariableStart(file, 'rds_config');
  return isRdsConfigEnabled({ ...file, offset, value });
};

describe('isRdsConfigEnabled', () => {
  it.each([
    { text: 'rds_config = { enabled = true, size = "x" }\n', enabled: true },
    { text: 'rds_config = { "enabled" : "true" }\n', enabled: true },
    { text: 'rds_config = { enabled = false }\n', enabled: false },
    { text: 'rds_config = {}\n', enabled: false },
    { text: 'rds_config = null\n', enabled: false },
    { text: '# rds_config = { enabled = true }\n', enabled: false },
    { text: 'other = { rds_config = { enabled = true } }\n', enabled: false },
  ])('$text is $enabled', async ({ text, enabled }) => {
    expect(await readRdsConfigEnabled(text)).toBe(enabled);
  });

  it.each([
    'rds_config = { enabled = var.x }\n',
    'rds_config {\n enabled = true\n}\n',
    'rds_config = true\n',
  ])('rejects %j, which is not a literal', async text => {
    expect(await errorOf(readRdsConfigEnabled(text))).toMatchObject({
      name: 'InputError',
      message: expect.stringContaining(
        `${PATH}:2:1: rds_config.enabled is not a literal`,
      ),
    });
  });
});
