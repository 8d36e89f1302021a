import type { Annotation } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { formatMoment } from '../parts/format.ts';
import { QueryStatus } from '../parts/query-status.tsx';
import { type AnnotatedPlace, useVersions } from './annotations.ts';
import { nameOf } from './who.tsx';

/** The earlier versions of an annotation, newest first. */
export function Versions({ place, annotation }: { place: AnnotatedPlace; annotation: Annotation }) {
  const answer = useVersions(place, annotation);
  const earlier = (answer.data ?? []).filter(({ version }) => version < annotation.version);
  return (
    <>
      <QueryStatus what="versions" answer={answer} />
      <ol className="annotation-versions" aria-label={text('annotations.versions')}>
        {earlier.map((each) => (
          <li key={each.version}>
            <span className="quiet">
              {nameOf(each.changed_by)} · {formatMoment(each.changed_at)}
            </span>
            <p dir="auto">{each.text || text('annotations.no-text')}</p>
          </li>
        ))}
      </ol>
    </>
  );
}
