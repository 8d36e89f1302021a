type Exported = typeof import('./dependencies.ts');

export type Dependencies = {
  [Name in keyof Exported as Exported[Name] extends () => unknown
    ? Name
    : never]: Exported[Name] extends () => infer Made ? Made : never;
};

/** The names in `creation`. */
export type Creation = keyof Exported['creation'];

/**
 * The dependencies of a handler, from `dependencies.ts`: named methods of some, and others as a whole. A test of the
 * handler provides only these.
 *
 * @example Needs<{ batches: 'get' | 'delete' }, 'limits' | 'now'>
 */
export type Needs<
  Methods extends { [Name in keyof Dependencies]?: keyof Dependencies[Name] },
  Whole extends keyof Dependencies = never,
> = {
  [Name in keyof Methods & keyof Dependencies]: Pick<
    Dependencies[Name],
    Methods[Name] & keyof Dependencies[Name]
  >;
} & Pick<Dependencies, Whole>;

/** For each dependency, the function that makes it. */
export type Factories<Deps> = { [Name in keyof Deps]: () => Deps[Name] };

/** Makes the dependencies at the first call, during the first request, and returns the same ones afterwards. */
export function connect<Deps>(factories: Factories<Deps>): () => Deps {
  let deps: Deps | undefined;
  return () => {
    deps ??= Object.fromEntries(
      Object.entries<() => unknown>(factories).map(([name, make]) => [name, make()]),
    ) as Deps;
    return deps;
  };
}
