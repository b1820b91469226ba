import { explainNetworkFailure } from './networkErrors';

const RESOLVE = "can't resolve the host";
const REFUSED = 'connection refused';
const CUT = 'the connection was cut';
const NO_ANSWER = 'no answer';
const NO_WAY = 'no way to the host';
const LOCAL_RULE = 'this machine may not open';
const LOCAL_LIMIT = 'this machine has no socket or memory left';
const ADDRESS = "the address can't be used";
const UNTRUSTED = 'is not trusted';
const NOT_NOW = 'is not valid now';
const OTHER_HOST = 'is for another host';
const TLS = 'TLS failed';

describe('explainNetworkFailure', () => {
  it.each([
    // nodejs.org/api/dns.html, error codes; getaddrinfo(3)
    ['ENOTFOUND', RESOLVE],
    ['EAI_AGAIN', RESOLVE],
    ['EAI_FAIL', RESOLVE],
    ['EAI_NODATA', RESOLVE],
    ['EAI_NONAME', RESOLVE],
    ['ENODATA', RESOLVE],
    ['ESERVFAIL', RESOLVE],
    // nodejs.org/api/errors.html, common system errors; connect(2)
    ['ECONNREFUSED', REFUSED],
    ['ECONNRESET', CUT],
    ['ECONNABORTED', CUT],
    ['EPIPE', CUT],
    ['ENOTCONN', CUT],
    ['ESHUTDOWN', CUT],
    ['ETIMEDOUT', NO_ANSWER],
    ['EHOSTUNREACH', NO_WAY],
    ['EHOSTDOWN', NO_WAY],
    ['ENETUNREACH', NO_WAY],
    ['ENETDOWN', NO_WAY],
    ['EACCES', LOCAL_RULE],
    ['EPERM', LOCAL_RULE],
    ['EMFILE', LOCAL_LIMIT],
    ['ENFILE', LOCAL_LIMIT],
    ['ENOBUFS', LOCAL_LIMIT],
    ['ENOMEM', LOCAL_LIMIT],
    ['EADDRNOTAVAIL', LOCAL_LIMIT],
    ['EADDRINUSE', LOCAL_LIMIT],
    ['EAFNOSUPPORT', ADDRESS],
    ['EINVAL', ADDRESS],
    // nodejs.org/api/tls.html, X509 certificate error codes
    ['CERT_HAS_EXPIRED', NOT_NOW],
    ['CERT_NOT_YET_VALID', NOT_NOW],
    ['ERR_TLS_CERT_ALTNAME_INVALID', OTHER_HOST],
    ['HOSTNAME_MISMATCH', OTHER_HOST],
    ['UNABLE_TO_GET_ISSUER_CERT', UNTRUSTED],
    ['UNABLE_TO_GET_CRL', UNTRUSTED],
    ['UNABLE_TO_DECRYPT_CERT_SIGNATURE', UNTRUSTED],
    ['UNABLE_TO_DECRYPT_CRL_SIGNATURE', UNTRUSTED],
    ['UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY', UNTRUSTED],
    ['CERT_SIGNATURE_FAILURE', UNTRUSTED],
    ['CRL_SIGNATURE_FAILURE', UNTRUSTED],
    ['CRL_NOT_YET_VALID', UNTRUSTED],
    ['CRL_HAS_EXPIRED', UNTRUSTED],
    ['ERROR_IN_CERT_NOT_BEFORE_FIELD', UNTRUSTED],
    ['ERROR_IN_CERT_NOT_AFTER_FIELD', UNTRUSTED],
    ['ERROR_IN_CRL_LAST_UPDATE_FIELD', UNTRUSTED],
    ['ERROR_IN_CRL_NEXT_UPDATE_FIELD', UNTRUSTED],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', UNTRUSTED],
    ['SELF_SIGNED_CERT_IN_CHAIN', UNTRUSTED],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNTRUSTED],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNTRUSTED],
    ['CERT_CHAIN_TOO_LONG', UNTRUSTED],
    ['CERT_REVOKED', UNTRUSTED],
    ['INVALID_CA', UNTRUSTED],
    ['PATH_LENGTH_EXCEEDED', UNTRUSTED],
    ['INVALID_PURPOSE', UNTRUSTED],
    ['CERT_UNTRUSTED', UNTRUSTED],
    ['CERT_REJECTED', UNTRUSTED],
    // nodejs.org/api/errors.html, OpenSSL and TLS
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', TLS],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', TLS],
    ['ERR_SSL_WRONG_VERSION_NUMBER', TLS],
    ['ERR_TLS_HANDSHAKE_TIMEOUT', TLS],
    ['EPROTO', TLS],
    ['', "can't connect: words"],
    ['ESOMETHING', "can't connect: words"],
  ])('%s: %s', (code, words) => {
    expect(explainNetworkFailure({ code, message: 'words' })).toContain(words);
  });

  it.each([
    { answer: 'N', words: 'does not support TLS', source: 'ssl = off' },
    {
      answer: 'E',
      words: 'before TLS, as it does when it is out of processes',
      source: 'postmaster.c: could not fork',
    },
    { answer: 'H', words: 'is not PostgreSQL', source: 'an HTTP server' },
    { answer: '\x16', words: 'is not PostgreSQL', source: 'a TLS server' },
    { answer: 'S', words: "can't connect: words", source: 'cut after TLS' },
  ])('the first byte $answer: $source', ({ answer, words }) => {
    expect(
      explainNetworkFailure({
        code: '',
        message: 'words',
        firstByte: answer.charCodeAt(0),
      }),
    ).toContain(words);
  });

  it('names the CA file that was given', () => {
    const failure = { code: 'SELF_SIGNED_CERT_IN_CHAIN', message: 'words' };
    expect(explainNetworkFailure(failure)).toContain('--ca-file');
    expect(explainNetworkFailure({ ...failure, caFile: 'rds.pem' })).toContain(
      'rds.pem does not hold the CA that signed it.',
    );
  });

  it('says how long it waited', () => {
    expect(
      explainNetworkFailure({ code: '', message: '', timedOutAfterMs: 15_000 }),
    ).toContain('no answer within 15 s.');
  });
});
