import './spinner.css';

/** A spinner while something is loading. */
export const Spinner = ({ label }: { label: string }) => (
  <div className="spinner" role="status">
    <span className="spinner-ring" aria-hidden />
    <span className="hidden">{label}</span>
  </div>
);
