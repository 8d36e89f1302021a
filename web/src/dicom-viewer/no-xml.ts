/**
 * Stands in for `xmlbuilder2`, by which vtk.js reads surfaces of XML files: none come here, and it is a third of what
 * Cornerstone would load, made for Node.js.
 *
 * @throws Error always
 */
export function create(): never {
  throw new Error('The page reads no surfaces of XML files.');
}
