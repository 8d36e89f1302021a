/** The error of a failed action, beside its button. */
export const Failure = ({ children }: { children: string | undefined }) =>
  children && (
    <p className="field-error" role="alert">
      {children}
    </p>
  );
