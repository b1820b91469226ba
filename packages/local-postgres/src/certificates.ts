import { randomBytes } from 'node:crypto';
import { generate } from 'selfsigned';

const TEN_YEARS_MS = 10 * 365 * 24 * 60 * 60 * 1000;

/** A CA and a certificate for `localhost` signed by it, as PEM. The CA's key is not kept. */
export const makeCertificates = async (): Promise<{
  ca: string;
  certificate: string;
  key: string;
}> => {
  const notAfterDate = new Date(Date.now() + TEN_YEARS_MS);
  const ca = await generate(
    [
      {
        name: 'commonName',
        // Of several CAs in one file, OpenSSL takes the first of that name.
        value: `Golden Path local RDS CA ${randomBytes(4).toString('hex')}`,
      },
    ],
    {
      notAfterDate,
      keySize: 2048,
      extensions: [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
      ],
    },
  );
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    notAfterDate,
    keySize: 2048,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  return { ca: ca.cert, certificate: server.cert, key: server.private };
};
