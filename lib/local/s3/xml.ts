const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Reads the text of an XML element. */
export function decodeXml(text: string): string {
  return text.replaceAll(/&(#x?[0-9a-f]+|\w+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return names[name] ?? whole;
    return String.fromCodePoint(name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
  });
}

/** Writes the text of an XML element. */
export function encodeXml(text: string): string {
  return text.replaceAll(/[&<>"'\r\n]/g, (char) => `&#${char.charCodeAt(0)};`);
}
