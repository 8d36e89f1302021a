import './check.css';

interface CheckProps {
  label: string;
  title?: string;
  isChecked: boolean;
  onCheck: (isChecked: boolean) => void;
}

/** A checkbox before its label. */
export const Check = ({ label, title, isChecked, onCheck }: CheckProps) => (
  <label className="check" title={title}>
    <input type="checkbox" checked={isChecked} onChange={({ target }) => onCheck(target.checked)} />
    {label}
  </label>
);
