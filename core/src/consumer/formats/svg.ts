/** Pieces of SVG pages. */
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export const escapeXml = (text: string): string =>
  text
    .replace(/[&<>"]/g, (character) => ESCAPES[character]!)
    // Most of them XML has no way to write.
    .replace(/\p{Cc}/gu, '\ufffd');

/** A picture that opens in any browser and needs nothing else. */
export function svgPage(width: number, height: number, title: string, body: string, script = ''): string {
  const heading = `<text x="${width / 2}" y="22" text-anchor="middle" font-size="16">${escapeXml(title)}</text>`;
  const code = script === '' ? '' : `<script><![CDATA[\n${script}\n]]></script>\n`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, monospace" font-size="12">
<rect width="100%" height="100%" fill="#fffdf7"/>
${heading}
${body}${code}</svg>
`;
}
