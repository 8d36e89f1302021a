import { useQuery } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import type { CaseImage } from '../api/types.ts';
import { EyeSideMenu } from '../images/eye-side-menu.tsx';
import { text } from '../messages/text.ts';

/** The eye side of an image of a case, which can be corrected once it is ready. */
export function CaseEyeSide({ image: { id, status, eyeSide } }: { image: CaseImage }) {
  const { data } = useQuery({
    queryKey: ['search', 'image', id],
    queryFn: () => bodyOf(api.GET('/api/images/{id}', { params: { path: { id } } })),
    enabled: status === 'ready',
  });
  if (data) return <EyeSideMenu image={data} />;
  return <b className="viewer-category">{text('cases.eye-of-image', { side: eyeSide })}</b>;
}
