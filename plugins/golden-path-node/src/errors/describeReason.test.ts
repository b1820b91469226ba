import { InputError, ServiceUnavailableError } from '@backstage/errors';
import { describeReason } from './describeReason';
import { SqlError } from '../provision/decide/postgres/sqlState';

describe('describeReason', () => {
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
      reason: 'with a cause that has a cause',
    },
    {
      error: new InputError('no good; caused by nobody'),
      says: 'no good; caused by nobody',
      reason: 'with the same text in its own message',
    },
    {
      error: new Error('no good', { cause: refused }),
      says: 'no good',
      reason: "of JavaScript, which doesn't append the cause",
    },
    {
      error: new InputError(
        'no good',
        Object.assign(new AggregateError([refused]), { code: 'ECONNREFUSED' }),
      ),
      says: 'no good',
      reason: 'with a cause without a message',
    },
  ])('returns the own message of an error $reason', ({ error, says }) => {
    expect(describeReason(error)).toBe(says);
  });
});
