import { exampleApp } from '../actions/exampleApp';
import { exampleRequest } from '../actions/exampleRequest';
import { readSubject } from './subject';

const config = {
  environments: ['dev'],
  domains: ['delivery'],
  masterUsername: undefined,
};

it.each([
  {
    reason: 'the request of a database',
    input: { request: exampleRequest },
    subject: 'dev-users_db user-service',
  },
  {
    reason: 'the request of an app',
    input: { request: exampleApp },
    subject: 'app/price-calculator price-calculator',
  },
  {
    reason: 'the fields of an app',
    input: { component_id: 'price-calculator' },
    subject: 'app/price-calculator price-calculator',
  },
  {
    reason: 'a database whose name breaks its rule: no app without one',
    input: { request: { ...exampleRequest, databaseName: 'a "secret"' } },
    subject: 'undefined user-service',
  },
  {
    reason: 'an environment alone',
    input: { environment: 'dev' },
    subject: 'undefined undefined',
  },
])('the subject of $reason', ({ input, subject }) => {
  const { requestId, app } = readSubject(input, config);
  expect(`${requestId} ${app}`).toBe(subject);
});
