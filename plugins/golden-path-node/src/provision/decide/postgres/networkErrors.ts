/** A connection attempt that ended before the server answered it with an SQLSTATE. */
export interface NetworkFailure {
  /** Node's code, as in `errno` or of OpenSSL; empty when it gives none. */
  code: string;
  message: string;
  /** Set when the attempt lasted too long, in ms. */
  timedOutAfterMs?: number;
  /** First byte of the server's answer to the request for TLS (PostgreSQL docs, 54.2.10). */
  firstByte?: number;
  /** The CA file that was given; otherwise the CAs of RDS hold. */
  caFile?: string;
}

const RESOLVE =
  "can't resolve the host. Check its name, and the DNS of this machine's network.";
const REFUSED = 'connection refused. Check host and port.';
const CUT =
  'the connection was cut. Check that PostgreSQL listens there, and what is between: a security group, a proxy, a tunnel.';
const NO_WAY =
  "no way to the host. Check the instance's security group, and the network of this machine.";
const LOCAL_RULE =
  'this machine may not open the connection. Check its firewall and its sandbox.';
const LOCAL_LIMIT =
  'this machine has no socket or memory left for it. Use a lower --concurrency, or raise its limits (ulimit -n).';
const ADDRESS =
  "the address can't be used from this machine. Check the host, and whether this machine has IPv6.";

/** Codes of libuv (nodejs.org/api/errors.html, common system errors; uv.h) and of Node's DNS (nodejs.org/api/dns.html). */
const WORDS_OF_CODE: Readonly<Record<string, string>> = {
  ENOTFOUND: RESOLVE,
  EAI_AGAIN: RESOLVE,
  EAI_FAIL: RESOLVE,
  EAI_NODATA: RESOLVE,
  EAI_NONAME: RESOLVE,
  ENODATA: RESOLVE,
  ESERVFAIL: RESOLVE,
  ECONNREFUSED: REFUSED,
  ECONNRESET: CUT,
  ECONNABORTED: CUT,
  EPIPE: CUT,
  ENOTCONN: CUT,
  ESHUTDOWN: CUT,
  EHOSTUNREACH: NO_WAY,
  EHOSTDOWN: NO_WAY,
  ENETUNREACH: NO_WAY,
  ENETDOWN: NO_WAY,
  EACCES: LOCAL_RULE,
  EPERM: LOCAL_RULE,
  EMFILE: LOCAL_LIMIT,
  ENFILE: LOCAL_LIMIT,
  ENOBUFS: LOCAL_LIMIT,
  ENOMEM: LOCAL_LIMIT,
  EADDRNOTAVAIL: LOCAL_LIMIT,
  EADDRINUSE: LOCAL_LIMIT,
  EAFNOSUPPORT: ADDRESS,
  EINVAL: ADDRESS,
};

const NOT_VALID_NOW = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'];
/** X509 certificate error codes (nodejs.org/api/tls.html) that name neither time nor host. */
const NOT_TRUSTED = [
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_CRL',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_DECRYPT_CRL_SIGNATURE',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'CERT_SIGNATURE_FAILURE',
  'CRL_SIGNATURE_FAILURE',
  'CRL_NOT_YET_VALID',
  'CRL_HAS_EXPIRED',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
  'ERROR_IN_CRL_LAST_UPDATE_FIELD',
  'ERROR_IN_CRL_NEXT_UPDATE_FIELD',
  'OUT_OF_MEM',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_CHAIN_TOO_LONG',
  'CERT_REVOKED',
  'INVALID_CA',
  'PATH_LENGTH_EXCEEDED',
  'INVALID_PURPOSE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
];
const WRONG_HOST = ['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH'];

const TLS_ACCEPTED = 'S'.charCodeAt(0);
const TLS_REFUSED = 'N'.charCodeAt(0);
const ERROR_MESSAGE = 'E'.charCodeAt(0);

/** Says what the failure is and what to do next, by its code and by what was seen; its text decides nothing. */
export const explainNetworkFailure = (failure: NetworkFailure): string => {
  const { code, message, timedOutAfterMs, firstByte, caFile } = failure;
  if (timedOutAfterMs !== undefined || code === 'ETIMEDOUT') {
    return `no answer${
      timedOutAfterMs === undefined ? '' : ` within ${timedOutAfterMs / 1000} s`
    }. Check the instance's security group, and the network of this machine.`;
  }
  if (WORDS_OF_CODE[code]) return WORDS_OF_CODE[code];
  if (WRONG_HOST.includes(code))
    return `the server's certificate is for another host (${message}). Use the instance's own endpoint.`;
  if (NOT_VALID_NOW.includes(code))
    return `the server's certificate is not valid now (${code}). Renew it, or correct the clock of this machine.`;
  if (NOT_TRUSTED.includes(code)) {
    return `the server's certificate is not trusted (${code}: ${message}). ${
      caFile === undefined
        ? 'Set the CA that signed it with --ca-file; the default is the CAs of AWS RDS.'
        : `${caFile} does not hold the CA that signed it.`
    }`;
  }
  if (firstByte === TLS_REFUSED)
    return 'the server does not support TLS. Turn ssl on there.';
  if (firstByte === ERROR_MESSAGE)
    return 'the server rejected the connection before TLS, as it does when it is out of processes or memory. Run it again later.';
  if (code === 'EPROTO' || /^ERR_(SSL|TLS)_/.test(code))
    return `TLS failed (${code}: ${message}). Check which TLS versions the server takes.`;
  if (firstByte !== undefined && firstByte !== TLS_ACCEPTED)
    return 'what listens there is not PostgreSQL. Check host and port.';
  return `can't connect: ${message}. Check that PostgreSQL listens there.`;
};
