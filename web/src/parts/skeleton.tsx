import './skeleton.css';

const ROWS = [92, 74, 83, 61];

/** The shape of a list while it is loading. */
export const Skeleton = ({ label }: { label: string }) => (
  <div className="skeleton" role="status">
    {ROWS.map((width) => (
      <span key={width} className="skeleton-row" style={{ inlineSize: `${width}%` }} aria-hidden />
    ))}
    <span className="hidden">{label}</span>
  </div>
);
