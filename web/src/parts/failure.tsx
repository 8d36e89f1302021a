/** Why something that was asked for was not done, beside where it was asked. */
export const Failure = ({ children }: { children: string | undefined }) =>
  children && (
    <p className="field-error" role="alert">
      {children}
    </p>
  );
