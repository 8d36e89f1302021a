/**
 * Replaces `xmlbuilder2`, with which vtk.js reads surfaces from XML files. The page reads none, and the package, made for
 * Node.js, is a third of what Cornerstone would load.
 *
 * @throws Error always
 */
export function create(): never {
  throw new Error('The page reads no surfaces of XML files.');
}
