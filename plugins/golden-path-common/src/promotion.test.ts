import { formPath, nextEnvironment, promotionFormData } from './promotion';
import { parseRequest } from './request';

const users = {
  component: 'user-service',
  databaseName: 'users_db',
  username: 'users_app_user',
  ownerRef: 'group:payments/core',
  domain: 'identity',
  risk: 'high',
  size: 'small',
};

describe('nextEnvironment', () => {
  it.each([
    { from: 'dev', to: 'test', list: undefined, reason: 'the usual list' },
    { from: 'prod', to: undefined, list: undefined, reason: 'the last one' },
    {
      from: 'dev',
      to: 'perf',
      list: ['dev', 'perf', 'prod'],
      reason: 'a list of their own',
    },
    {
      from: 'gone',
      to: undefined,
      list: ['dev', 'prod'],
      reason: 'not on the list any more',
    },
  ])('$from → $to: $reason', ({ from, to, list }) => {
    expect(nextEnvironment(from, list)).toBe(to);
  });
});

describe('promotionFormData', () => {
  it('is a valid request for the same names elsewhere', () => {
    const form = promotionFormData(users, 'test');
    expect(parseRequest({ ...form, requestedBy: 'jane' })).toEqual({
      request: {
        component_id: 'user-service',
        existingApp: true,
        databaseName: 'users_db',
        username: 'users_app_user',
        owner: 'payments/core',
        environment: 'test',
        description: '',
        domain: 'identity',
        risk: 'high',
        size: 'small',
        requestedBy: 'jane',
      },
    });
  });

  it("leaves what is not known to the form's defaults", () => {
    const { domain: _, risk: __, size: ___, ...known } = users;
    expect(Object.keys(promotionFormData(known, 'test'))).not.toEqual(
      expect.arrayContaining(['domain']),
    );
  });
});

describe('formPath', () => {
  it('keeps every value through the query', () => {
    const form = promotionFormData(users, 'test');
    const url = new URL(formPath(form), 'http://localhost');
    expect(url.pathname).toBe('/create/templates/default/backend-app-rds');
    expect(JSON.parse(url.searchParams.get('formData')!)).toEqual(form);
  });

  it('links the copy that a platform team has registered', () => {
    expect(formPath({}, 'template:platform/our-rds')).toMatch(
      /^\/create\/templates\/platform\/our-rds\?/,
    );
  });
});
