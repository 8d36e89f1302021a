/** What fails now and would fail for ever: its message is put aside at once. */
export class Hopeless extends Error {
  override name = 'Hopeless';
}
