import './spinner.css';

/** Something is on its way. */
export const Spinner = ({ label }: { label: string }) => (
  <div className="spinner" role="status">
    <span className="spinner-ring" aria-hidden />
    <span className="hidden">{label}</span>
  </div>
);
