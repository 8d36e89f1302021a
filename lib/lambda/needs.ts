type Exported = typeof import('./dependencies.ts');

type Dependencies = {
  [Name in keyof Exported as Exported[Name] extends () => unknown
    ? Name
    : never]: Exported[Name] extends () => infer Made ? Made : never;
};

/** The names in `creation`. */
export type Creation = keyof Exported['creation'];

/**
 * What a handler needs of `dependencies.ts`: of each the methods by their names, or all of it. A test of the handler gives
 * just these.
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

/** For each dependency, what makes it. */
export type Makers<Deps> = { [Name in keyof Deps]: () => Deps[Name] };

/** Makes the dependencies at the first call, which is in the first request, and gives the same ones from then on. */
export function connect<Deps>(makers: Makers<Deps>): () => Deps {
  let deps: Deps | undefined;
  return () => {
    deps ??= Object.fromEntries(
      Object.entries<() => unknown>(makers).map(([name, make]) => [name, make()]),
    ) as Deps;
    return deps;
  };
}
