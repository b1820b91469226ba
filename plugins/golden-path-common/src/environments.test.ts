import {
  environmentNameProblem,
  ENVIRONMENTS,
  environmentTerms,
} from './environments';

describe('environmentNameProblem', () => {
  it.each([...ENVIRONMENTS, 'perf', 'e2', 'abcdefghijklmno'])(
    'takes %s',
    name => {
      expect(environmentNameProblem(name)).toBeUndefined();
    },
  );

  it.each([
    '',
    'p',
    'Perf',
    '2perf',
    'per-f',
    'per_f',
    'a/b',
    'abcdefghijklmnop',
  ])('refuses %j', name => {
    expect(environmentNameProblem(name)).toMatch(/^use 2 to 15 /);
  });

  it.each(['audit', 'null', 'true', 'no', 'on'])(
    'leaves %s to what has that name already',
    name => {
      expect(environmentNameProblem(name)).toMatch(/^use another name: /);
    },
  );
});

describe('environmentTerms', () => {
  it('says of the four what the specification says', () => {
    expect(
      Object.fromEntries(
        ENVIRONMENTS.map(name => {
          const { sizes, ...terms } = environmentTerms(name);
          return [name, { sizes: sizes.length, ...terms }];
        }),
      ),
    ).toMatchInlineSnapshot(`
      {
        "dev": {
          "hostLabel": ".dev",
          "issuer": undefined,
          "lifecycle": "experimental",
          "logLevel": "debug",
          "needsApproval": false,
          "replicas": 1,
          "sizes": 1,
          "takesTags": false,
        },
        "prod": {
          "hostLabel": "",
          "issuer": "prod",
          "lifecycle": "production",
          "logLevel": "warn",
          "needsApproval": true,
          "replicas": 3,
          "sizes": 4,
          "takesTags": false,
        },
        "staging": {
          "hostLabel": ".staging",
          "issuer": "staging",
          "lifecycle": "experimental",
          "logLevel": "info",
          "needsApproval": true,
          "replicas": 2,
          "sizes": 4,
          "takesTags": true,
        },
        "test": {
          "hostLabel": ".test",
          "issuer": undefined,
          "lifecycle": "experimental",
          "logLevel": "debug",
          "needsApproval": true,
          "replicas": 1,
          "sizes": 4,
          "takesTags": false,
        },
      }
    `);
  });

  it('takes any other environment for one like staging, without its tags', () => {
    expect(environmentTerms('perf')).toEqual({
      ...environmentTerms('staging'),
      takesTags: false,
      hostLabel: '.perf',
    });
  });

  it('takes no environment for a property of every object', () => {
    expect(environmentTerms('constructor')).toMatchObject({ replicas: 2 });
  });
});
