import { isHost, isPort } from './endpoint';

describe('isHost', () => {
  it.each([
    'db.example.com',
    'shared.c1x2.eu-central-1.rds.amazonaws.com',
    'db.example.com.',
    'localhost',
    'my_db',
    '10.0.0.7',
    '255.255.255.255',
    '::1',
    'fd00::7',
    '::ffff:10.0.0.7',
    'xn--bcher-kva.example',
    'a'.repeat(63),
    '3com.example',
  ])('takes %s', host => {
    expect(isHost(host)).toBe(true);
  });

  it.each([
    { host: '', source: 'nothing' },
    { host: 'db.example.com:5432', source: 'hashicorp/terraform #4996' },
    { host: 'localhost:20291', source: 'hashicorp/terraform #4996' },
    { host: '10.0.0.7:5432', source: 'an address with its port' },
    { host: '[::1]', source: 'as in a URL' },
    { host: '[::1]:5432', source: 'as in a URL' },
    { host: 'postgres://db.example.com', source: 'a URL' },
    { host: 'postgres://u:p@db.example.com:5432/d', source: 'a URL' },
    { host: 'https://db.example.com/', source: 'a URL' },
    { host: 'jdbc:postgresql://db.example.com', source: 'a URL of JDBC' },
    { host: 'user@db.example.com', source: 'a login' },
    { host: 'db.example.com/users', source: 'a path' },
    { host: '/var/run/postgresql', source: "libpq's socket folder" },
    { host: ' db.example.com', source: 'a space before' },
    { host: 'db.example.com ', source: 'a space behind' },
    { host: 'db.example.com\n', source: 'a line break, of a shell' },
    { host: 'db example.com', source: 'a space inside' },
    { host: 'db.example.com,db2.example.com', source: "libpq's list" },
    { host: 'db..example.com', source: 'an empty label' },
    { host: '.example.com', source: 'an empty label' },
    { host: 'db.example.com..', source: 'two dots' },
    { host: '.', source: 'the root' },
    { host: '-db.example.com', source: 'RFC 1123' },
    { host: 'db-.example.com', source: 'RFC 1123' },
    { host: `${'a'.repeat(64)}.example`, source: 'RFC 1035: 63 a label' },
    { host: `${'a.'.repeat(127)}com`, source: 'RFC 1035: 253 in all' },
    { host: '10.0.0', source: 'half an address' },
    { host: '10.0.0.256', source: 'no address' },
    { host: '*', source: 'a pattern' },
    { host: 'bücher.example', source: 'needs IDNA' },
    { host: '${DB_HOST}', source: 'a variable that nothing replaced' },
  ])('refuses $host: $source', ({ host }) => {
    expect(isHost(host)).toBe(false);
  });
});

describe('isPort', () => {
  it.each([1, 5432, 65535, '5432'])('takes %p', port => {
    expect(isPort(port)).toBe(true);
  });
  it.each([0, -1, 65536, 1.5, NaN, '', ' 5432', '5432 ', '0x1', '5432/tcp'])(
    'refuses %p',
    port => {
      expect(isPort(port)).toBe(false);
    },
  );
});
