import type { Image } from '../api/types.ts';

/** The path of a copy that shows the edits of an image; undefined if it has none. Another version is another path. */
export const editedPath = ({ id, edit }: Pick<Image, 'id' | 'edit'>, width: number): string | undefined =>
  edit?.steps ? `/api/images/${id}/data?width=${width}&format=webp&edit=${edit.version}` : undefined;
