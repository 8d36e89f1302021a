/** Makes the browser download a URL. */
export function saveFile(url: string, fileName?: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName ?? '';
  document.body.append(link);
  link.click();
  link.remove();
}

/** Makes the browser save bytes that are loaded already. */
export function saveBytes(bytes: Blob, fileName: string): void {
  const url = URL.createObjectURL(bytes);
  saveFile(url, fileName);
  // Not immediately: the browser reads the blob after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
