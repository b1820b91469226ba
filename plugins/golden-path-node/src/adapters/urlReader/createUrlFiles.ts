import { InputError, isError } from '@backstage/errors';
import { fileUrl, InfraRepo } from '../../infraRepo/decide/links';

/** Largest file that is read, in bytes: some 40,000 databases. */
const LARGEST = 32 * 1024 * 1024;

/**
 * The part of Backstage's UrlReaderService that is used.
 *
 * @public
 */
export interface ReadUrl {
  readUrl(
    url: string,
    options: { etag?: string },
  ): Promise<{ buffer(): Promise<Buffer>; etag?: string }>;
}

/**
 * Reads the infra repo with Backstage's UrlReader. A file that GitHub calls unchanged is not sent again: the same text is
 * returned.
 *
 * @public
 */
export const createUrlFiles = (urlReader: ReadUrl, infraRepo: InfraRepo) => {
  const known = new Map<string, { etag: string; text: string }>();
  return {
    /** Undefined for a file that does not exist. */
    read: async (path: string): Promise<string | undefined> => {
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
