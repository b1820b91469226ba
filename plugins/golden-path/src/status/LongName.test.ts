import { splitName } from './LongName';

it.each([
  ['goldenpath/dev/users_db/postgres', 'goldenpath/ dev/ users_ db/ postgres'],
  ['user-service-db-creds', 'user-service-db-creds'],
  ['a__b', 'a__ b'],
  ['users_', 'users_'],
  ['/users', '/ users'],
  ['', ''],
])('"%s" breaks only after slashes and underscores', (name, parts) => {
  expect(splitName(name).join(' ')).toBe(parts);
  expect(splitName(name).join('')).toBe(name);
});
