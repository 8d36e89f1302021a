/** Has the browser save what a URL leads to. */
export function saveFile(url: string, fileName?: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName ?? '';
  document.body.append(link);
  link.click();
  link.remove();
}

/** Has the browser save bytes that are here already. */
export function saveBytes(bytes: Blob, fileName: string): void {
  const url = URL.createObjectURL(bytes);
  saveFile(url, fileName);
  // Not at once: the browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
