import type { UrlReaderService } from '@backstage/backend-plugin-api';
import { InputError, isError } from '@backstage/errors';
import { fileUrl, InfraRepo } from '../decide/links';

/** Largest file that is read, in bytes: some 40,000 databases. */
const LARGEST = 32 * 1024 * 1024;

/** Reads files of the infra repo; undefined for one that does not exist. */
export interface InfraFiles {
  read(path: string): Promise<string | undefined>;
}

/** Reads with Backstage's UrlReader. A file that GitHub calls unchanged is not sent again. */
export const createInfraFiles = (
  urlReader: UrlReaderService,
  infraRepo: InfraRepo,
): InfraFiles => {
  const known = new Map<string, { etag: string; text: string }>();
  return {
    read: async path => {
      const before = known.get(path);
      try {
        const answer = await urlReader.readUrl(fileUrl(infraRepo, path), {
          etag: before?.etag,
        });
        const bytes = await answer.buffer();
        if (bytes.length > LARGEST) {
          throw new InputError(
            `${path} has ${bytes.length} bytes, more than ${LARGEST}.`,
          );
        }
        const text = bytes.toString('utf8');
        if (answer.etag) known.set(path, { etag: answer.etag, text });
        return text;
      } catch (error) {
        if (isError(error) && error.name === 'NotModifiedError' && before)
          return before.text;
        if (isError(error) && error.name === 'NotFoundError') {
          known.delete(path);
          return undefined;
        }
        throw error;
      }
    },
  };
};
