import { databaseSecretSchema, masterSecretSchema } from './secrets';

const secret = {
  host: 'db.example.com',
  port: 5432,
  dbname: 'users_db',
  username: 'users_app_user',
  password: 'pä ss',
};

describe('databaseSecretSchema', () => {
  it.each([
    { reason: 'a number', port: 5432 },
    { reason: 'a numeric string', port: '5432' },
  ])('reads a port that is $reason', ({ port }) => {
    expect(databaseSecretSchema.parse({ ...secret, port })).toEqual(secret);
  });

  it.each([
    { reason: 'text', port: '5432x' },
    { reason: 'nothing', port: '' },
    { reason: 'out of range', port: 70000 },
    { reason: 'a fraction', port: 1.5 },
  ])('refuses a port that is $reason', ({ port }) => {
    expect(databaseSecretSchema.safeParse({ ...secret, port }).success).toBe(
      false,
    );
  });

  it.each(['host', 'port', 'dbname', 'username', 'password'])(
    'wants %s',
    name => {
      expect(
        databaseSecretSchema.safeParse({ ...secret, [name]: undefined })
          .success,
      ).toBe(false);
    },
  );

  it('never says the password in an error', () => {
    const result = databaseSecretSchema.safeParse({
      ...secret,
      password: { canary: 'hunter2' },
    });
    expect(result.success).toBe(false);
    expect(JSON.stringify(result.error)).not.toContain('hunter2');
  });
});

describe('masterSecretSchema', () => {
  it('does without host and port, as RDS-managed master secrets do', () => {
    expect(masterSecretSchema.parse({ username: 'm', password: 'p' })).toEqual({
      username: 'm',
      password: 'p',
    });
  });
});
