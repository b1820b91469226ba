import { deriveToken } from './chooseToken';
import { isUsable } from './isUsable';
import { explainWait, findInUseSince, findNextDue } from './schedule';
import {
  findPending,
  findStaleness,
  judgeStep,
  parseSecretName,
} from './secretState';

const NAME = 'goldenpath/dev/users_db/postgres';
const secret = (stages: Record<string, string[]>, isDeleted = false) => ({
  name: NAME,
  stages: new Map(Object.entries(stages)),
  isDeleted,
});
const value = { versionId: 't', text: '{}', createdAt: new Date(0) };

describe('parseSecretName', () => {
  it.each([
    { name: NAME, found: { environment: 'dev', key: 'users_db' } },
    { name: 'goldenpath/dev/rds/master', found: undefined },
    { name: 'other/dev/users_db/postgres', found: undefined },
    { name: 'postgres', found: undefined },
  ])('$name', ({ name, found }) => {
    expect(parseSecretName(name)).toEqual(found);
  });
});

describe('judgeStep', () => {
  it.each([
    {
      reason: 'createSecret begins',
      step: 'createSecret',
      stages: { c: ['AWSCURRENT'] },
      is: 'to do',
    },
    {
      reason: 'createSecret after RotateSecret, whose version has no value',
      step: 'createSecret',
      stages: { c: ['AWSCURRENT'], t: ['AWSPENDING'] },
      is: 'to do',
    },
    {
      reason: 'createSecret again',
      step: 'createSecret',
      stages: { c: ['AWSCURRENT'], t: ['AWSPENDING'] },
      pending: value,
      is: 'done already',
    },
    {
      reason: 'createSecret with a version of before',
      step: 'createSecret',
      stages: { c: ['AWSCURRENT'], t: ['AWSPREVIOUS'] },
      pending: value,
      is: 'refused',
    },
    {
      reason: 'setSecret of a pending version',
      step: 'setSecret',
      stages: { c: ['AWSCURRENT'], t: ['AWSPENDING'] },
      pending: value,
      is: 'to do',
    },
    {
      reason: 'setSecret before createSecret',
      step: 'setSecret',
      stages: { c: ['AWSCURRENT'], t: ['AWSPENDING'] },
      is: 'refused',
    },
    {
      reason: 'testSecret of a version that another replaced',
      step: 'testSecret',
      stages: { c: ['AWSCURRENT'], u: ['AWSPENDING'] },
      pending: value,
      is: 'refused',
    },
    ...(['createSecret', 'setSecret', 'finishSecret'] as const).map(step => ({
      reason: `${step} of a version that was turned back`,
      step,
      stages: { c: ['AWSCURRENT'], t: ['AWSPENDING', 'AWSPREVIOUS'] },
      pending: value,
      is: 'refused',
    })),
    {
      reason: 'finishSecret again',
      step: 'finishSecret',
      stages: { t: ['AWSCURRENT', 'AWSPENDING'] },
      pending: value,
      is: 'done already',
    },
    {
      reason: 'no current version',
      step: 'finishSecret',
      stages: { t: ['AWSPENDING'] },
      pending: value,
      is: 'refused',
    },
  ] as const)('$reason: $is', ({ step, stages, is, ...more }) => {
    const pending = 'pending' in more ? more.pending : undefined;
    const described = secret(stages as unknown as Record<string, string[]>);
    expect(judgeStep(step, 't', described, pending).is).toBe(is);
    expect(
      judgeStep(step, 't', { ...described, isDeleted: true }, pending).is,
    ).toBe('refused');
  });
});

describe('findPending', () => {
  it.each([
    { stages: { c: ['AWSCURRENT'], t: ['AWSPENDING'] }, found: 't' },
    { stages: { t: ['AWSCURRENT', 'AWSPENDING'] }, found: undefined },
    { stages: { c: ['AWSCURRENT'] }, found: undefined },
    {
      stages: { c: ['AWSCURRENT'], t: ['AWSPENDING', 'AWSPREVIOUS'] },
      found: undefined,
    },
  ] as Array<{ stages: Record<string, string[]>; found?: string }>)(
    'of $stages is $found',
    ({ stages, found }) => {
      expect(findPending(secret(stages))).toBe(found);
    },
  );
});

describe('findStaleness', () => {
  const of = (username: string) => ({
    versionId: 'c',
    text: JSON.stringify({ host: 'h', username, password: 'p' }),
  });
  const PENDING = { c: ['AWSCURRENT'], t: ['AWSPENDING'] };
  it.each<{
    reason: string;
    stages: Record<string, string[]>;
    pending?: string;
    isDeleted?: true;
    why?: string;
  }>([
    { reason: 'for the other login', stages: PENDING, pending: 'u_clone' },
    { reason: 'without a value', stages: PENDING },
    {
      reason: 'for the login that is current',
      stages: PENDING,
      pending: 'u',
      why: 'the current version was replaced since',
    },
    {
      reason: 'turned back',
      stages: { c: ['AWSCURRENT'], t: ['AWSPENDING', 'AWSPREVIOUS'] },
      pending: 'u_clone',
      why: 'it was current before',
    },
    {
      reason: 'without the label',
      stages: { c: ['AWSCURRENT'], t: ['AWSPREVIOUS'] },
      pending: 'u',
    },
    {
      reason: 'of a deleted secret',
      stages: PENDING,
      pending: 'u',
      isDeleted: true,
    },
  ])('$reason: $why', ({ stages, pending, isDeleted, why }) => {
    expect(
      findStaleness(
        secret(stages, isDeleted),
        of('u'),
        't',
        pending === undefined ? undefined : of(pending),
      ),
    ).toBe(why);
  });
});

describe('deriveToken', () => {
  const before = secret({ a: ['AWSPREVIOUS'], b: ['AWSCURRENT'] });
  it('is the same for two runs at once, whatever the order of the versions', () => {
    expect(
      deriveToken(secret({ b: ['AWSCURRENT'], a: ['AWSPREVIOUS'] }), 0),
    ).toBe(deriveToken(before, 0));
  });
  it.each([
    {
      of: 'the next rotation',
      other: secret({ b: ['AWSPREVIOUS'], c: ['AWSCURRENT'] }),
      attempt: 0,
    },
    {
      of: 'one that was turned back',
      other: secret({ a: ['AWSCURRENT'], b: ['AWSPREVIOUS'] }),
      attempt: 0,
    },
    { of: 'another secret', other: { ...before, name: 'other' }, attempt: 0 },
    { of: 'the next attempt', other: before, attempt: 1 },
  ])('is another for $of, and long enough for AWS', ({ other, attempt }) => {
    const token = deriveToken(other, attempt);
    expect(token).not.toBe(deriveToken(before, 0));
    expect(token).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('isUsable', () => {
  const current = {
    host: 'h',
    port: 1,
    dbname: 'd',
    username: 'u',
    password: 'p',
  };
  it.each([
    {
      reason: 'the other login',
      pending: { ...current, username: 'u_clone', password: 'q' },
      usable: true,
    },
    { reason: 'no value yet', pending: undefined, usable: true },
    {
      reason: 'the current login',
      pending: { ...current, password: 'q' },
      usable: false,
    },
    {
      reason: 'another host',
      pending: { ...current, username: 'u_clone', host: 'i' },
      usable: false,
    },
    {
      reason: 'no password',
      pending: { ...current, username: 'u_clone', password: undefined },
      usable: false,
    },
  ])('$reason: $usable', ({ pending, usable }) => {
    expect(
      isUsable(JSON.stringify(current), pending && JSON.stringify(pending)),
    ).toBe(usable);
  });
  it('what is no JSON: false', () => {
    expect(isUsable('{}', 'p')).toBe(false);
  });
});

describe('the schedule', () => {
  const createdAt = new Date('2026-11-01T00:00:00Z');
  it.each([
    { risk: 'none', due: '2026-12-01' },
    { risk: 'medium', due: '2026-12-01' },
    { risk: 'high', due: '2026-11-15' },
    { risk: 'access', due: '2026-11-15' },
  ] as const)('of risk $risk is due on $due', ({ risk, due }) => {
    expect(findNextDue(createdAt, risk).toISOString()).toBe(
      `${due}T00:00:00.000Z`,
    );
  });
  it.each([
    {
      now: '2026-11-14T23:59:59Z',
      isAskedFor: false,
      isForced: false,
      words: 'due on 2026-11-15',
    },
    {
      now: '2026-11-15T00:00:00Z',
      isAskedFor: false,
      isForced: false,
      words: undefined,
    },
    {
      now: '2026-11-01T01:59:59Z',
      isAskedFor: true,
      isForced: false,
      words: 'can begin at 2026-11-01T02:00:00.000Z',
    },
    {
      now: '2026-11-01T02:00:00Z',
      isAskedFor: true,
      isForced: false,
      words: undefined,
    },
    {
      now: '2026-11-01T00:00:01Z',
      isAskedFor: true,
      isForced: true,
      words: undefined,
    },
  ])(
    'at $now, asked for $isAskedFor, forced $isForced: $words',
    ({ now, words, ...how }) => {
      const reason = explainWait(new Date(now), {
        inUseSince: createdAt,
        nextDue: findNextDue(createdAt, 'high'),
        ...how,
      });
      if (words === undefined) expect(reason).toBeUndefined();
      else expect(reason).toContain(words);
    },
  );
  it.each([
    { of: 'neither date', dates: {}, since: createdAt },
    {
      of: 'a label moved later',
      dates: { changedAt: new Date('2026-11-01T09:00:00Z') },
      since: new Date('2026-11-01T09:00:00Z'),
    },
    {
      of: 'a rotation by Secrets Manager that ended later',
      dates: { rotatedAt: new Date('2026-11-01T09:00:00Z') },
      since: new Date('2026-11-01T09:00:00Z'),
    },
    {
      of: 'a rotation before this value',
      dates: { rotatedAt: new Date('2026-10-01T09:00:00Z') },
      since: createdAt,
    },
  ])('counts the wait of the pods from the latest: $of', ({ dates, since }) => {
    expect(findInUseSince(createdAt, dates)).toEqual(since);
  });
});
