/**
 * The rule of a host, in words that complete "host: " and "--host: ".
 *
 * @public
 */
export const HOST_RULE =
  'use a host name or an address, without a port, such as db.example.com';
/**
 * The rule of a port.
 *
 * @public
 */
export const PORT_RULE = 'use a whole number from 1 to 65535';

/** RFC 1123, and the underscore that DNS allows. */
const LABEL = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/;
const LONGEST_NAME = 253;
const IPV4 = /^(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?:\.(?!$)|$)){4}$/;
/** An IPv6 address has at least two colons, which a host with a port has not. */
const IPV6 = /^[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*$/;

/**
 * Whether the text is a host name, which may end in a dot, or an IP address without brackets.
 *
 * @public
 */
export const isHost = (text: string): boolean => {
  if (IPV6.test(text)) return true;
  if (/^[0-9.]+$/.test(text)) return IPV4.test(text);
  const name = text.replace(/\.$/, '');
  return (
    name.length <= LONGEST_NAME &&
    name.split('.').every(label => LABEL.test(label))
  );
};

/**
 * Whether the number, or the text of one, is a port.
 *
 * @public
 */
export const isPort = (value: string | number): boolean =>
  /^[0-9]+$/.test(String(value)) &&
  Number(value) >= 1 &&
  Number(value) <= 65535;
