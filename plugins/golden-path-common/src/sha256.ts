import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';

/**
 * SHA-256 as lower-case hex, over the UTF-8 bytes of the text. A library, because names are computed synchronously and in
 * the browser too: node:crypto is missing there, and Web Crypto answers later.
 */
export const sha256Hex = (text: string): string => bytesToHex(sha256(text));
