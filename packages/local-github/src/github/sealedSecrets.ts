import sodium from 'libsodium-wrappers';
import { StateFile } from './state/stateFile';

const getBase64Variant = () => sodium.base64_variants.ORIGINAL;

/** The key that secrets are sealed with, made on first use. https://docs.github.com/en/rest/guides/encrypting-secrets-for-the-rest-api */
export const getSealingKey = async (
  file: StateFile,
): Promise<{ id: string; publicKey: string }> => {
  const { publicKey } = await getKeyPair(file);
  const [number] = Buffer.from(publicKey, 'base64');
  return { id: `key-${number}`, publicKey };
};

/** @returns undefined where it wasn't sealed with our key */
export const openSealed = async (
  file: StateFile,
  sealed: string,
): Promise<string | undefined> => {
  const { publicKey, privateKey } = await getKeyPair(file);
  try {
    const opened = sodium.crypto_box_seal_open(
      sodium.from_base64(sealed, getBase64Variant()),
      sodium.from_base64(publicKey, getBase64Variant()),
      sodium.from_base64(privateKey, getBase64Variant()),
    );
    return Buffer.from(opened).toString('utf8');
  } catch {
    return undefined;
  }
};

const getKeyPair = async (file: StateFile) => {
  await sodium.ready;
  const { state } = file;
  if (!state.secretsKey) {
    const made = sodium.crypto_box_keypair();
    state.secretsKey = {
      publicKey: sodium.to_base64(made.publicKey, getBase64Variant()),
      privateKey: sodium.to_base64(made.privateKey, getBase64Variant()),
    };
    await file.save();
  }
  return state.secretsKey;
};
