import { InputError, ServiceUnavailableError } from '@backstage/errors';
import { reasonOf } from './reasonOf';
import { SqlError } from '../provision/decide/postgres/sqlState';

describe('reasonOf', () => {
  const refused = new SqlError('password authentication failed', '28P01');
  it.each([
    {
      error: new InputError('no good', refused),
      says: 'no good',
      reason: 'with a cause',
    },
    {
      error: new ServiceUnavailableError(
        'not now',
        new InputError('no good', refused),
      ),
      says: 'not now',
      reason: 'with a cause that has one itself',
    },
    {
      error: new InputError('no good; caused by nobody'),
      says: 'no good; caused by nobody',
      reason: 'with such words of its own',
    },
    {
      error: new Error('no good', { cause: refused }),
      says: 'no good',
      reason: "of JavaScript's own, which doesn't add its cause",
    },
    {
      error: new InputError(
        'no good',
        Object.assign(new AggregateError([refused]), { code: 'ECONNREFUSED' }),
      ),
      says: 'no good',
      reason: 'with a cause that says nothing',
    },
  ])('keeps the own words of an error $reason', ({ error, says }) => {
    expect(reasonOf(error)).toBe(says);
  });
});
